"""The rest of the world as the lab plays it (roles/played/world): what its servers got, and what it sees of us."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration
from tests.conftest import Workstation, connect
from tests.waiting import within

ROOT = "/etc/world/root.key"
# One message of a person to several at once, for MailPrograms.run; whom the server refused of them, or why it did all.
SEND_TO_ALL = """
def refused():
    client = smtplib.SMTP_SSL(server, 465, context=tls, timeout=120)
    try:
        client.ehlo()
        client.user, client.password = given["login"], given["passwords"][given["login"]]
        client.auth("PLAIN", client.auth_plain)  # login() would try a wrong password twice
        message = letter(given["login"], given["to"][0], given["subject"])
        return sorted(client.send_message(message, given["login"], given["to"]))
    except smtplib.SMTPResponseException as error:
        if error.smtp_code // 100 == 4 or error.smtp_code == -1:
            raise Later(repr(error)) from error
        return repr(error)
    finally:
        client.close()
tell(refused=again(refused))
"""
QUEUED = (
    "import json, sys; [print(m['queue_id']) for m in map(json.loads, sys.stdin)"
    " if any(r['address'].startswith(sys.argv[1]) for r in m['recipients'])]"
)


@dataclass(frozen=True)
class World:
    """The machine that plays it."""

    host: Host
    prefix: IPv4Network
    desk: Workstation  # who travels

    def address(self, number: int) -> str:
        """One of its addresses."""
        return str(self.prefix[number])

    def received(self, tag: str) -> list[dict[str, Any]]:
        """The messages with a word in them, by whatever server: envelope, text, TLS."""
        found = self.host.run("grep -F %s /var/lib/world/mail.jsonl", tag)
        return [json.loads(line) for line in found.stdout.splitlines()]

    def gets(self, tag: str, count: int = 1, seconds: float = 60) -> bool:
        """Whether so many messages with a word in them arrive by then."""
        return within(seconds, lambda: len(self.received(tag)) >= count)

    def looked_up(self, name: str, kind: str) -> str:
        """What its resolver says of a name, and whether that is proved: "(secure)", "(insecure)", "(BOGUS …)"."""
        ran = self.host.run(f"timeout 60 unbound-host -r -v -f {ROOT} -t %s %s", kind, name)
        return str(ran.stdout + ran.stderr)


@pytest.fixture
def world(administration: Administration) -> World:
    """The rest of the world, where it is played."""
    played = administration.environment.world
    if played is None:
        pytest.skip("the world is not played")
    host = connect(administration, played.machine)
    desk = Workstation(host, played.machine, str(administration.environment.ssh_config))
    return World(host, played.prefix, desk)


@pytest.fixture
def somebody(mail_server: Host) -> Iterator[str]:
    """What the addresses elsewhere begin with that a test writes to; what still waits for them then is taken back."""
    found = f"ailleurs{uuid4().hex[:12]}"
    yield found
    take_back(mail_server, found)


def proof_asked(mail_server: Host, domain: str) -> str:
    """How Postfix is told that the servers of a domain must prove themselves; nothing where no policy is known."""
    asked = "cd /var/spool/postfix && timeout 40 postmap -q %s socketmap:unix:private/tls-policy:policy"
    return str(mail_server.run(asked, domain).stdout)


def waiting(mail_server: Host, somebody: str) -> dict[str, str]:
    """By domain, why a message to an address that begins so waits."""
    queued = [json.loads(line) for line in mail_server.check_output("postqueue -j").splitlines()]
    each = [recipient for message in queued for recipient in message["recipients"]]
    return {
        r["address"].partition("@")[2]: r.get("delay_reason", "") for r in each if r["address"].startswith(somebody)
    }


def take_back(mail_server: Host, somebody: str) -> None:
    """What waits for addresses that begin so is not sent."""
    mail_server.run("postqueue -j | python3 -c %s %s | postsuper -d -", QUEUED, somebody)
