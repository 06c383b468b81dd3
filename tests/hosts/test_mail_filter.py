"""The filter: who may speak to it, what it keeps, and how it judges senders whose names say this or that.

The names of senders are played: the mail server's own resolver is told them for a moment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from roles.mail.config import MailConfig, config_of
from roles.mail.rspamd import CONTROLLER, MILTER
from tests.waiting import within

pytestmark = pytest.mark.machines("mail")

VALKEY, CLAMD = "/run/valkey/valkey.sock", "/run/clamav/clamd.ctl"
HONEST, LIAR = "192.0.2.1", "192.0.2.66"  # addresses for examples (RFC 5737)
MESSAGE = """\
From: Quelqu'un <someone@{domain}>
To: {recipient}
Subject: bonjour
Message-ID: <{id}@{domain}>
Date: Sat, 28 Nov 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour à tous.
"""
KNOCK = """
import socket, sys
for path in sys.argv[1:]:
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        print(path, "is open")
    except PermissionError:
        pass
"""


@dataclass(frozen=True)
class Verdict:
    action: str
    symbols: frozenset[str]
    said: str


@pytest.fixture
def wanted(administration: Administration, machine: Machine) -> MailConfig:
    return config_of(administration, machine)


@pytest.fixture
def domain(host: Host) -> Iterator[str]:
    """A domain that nobody else has, and that the resolver forgets afterwards."""
    name = f"f{uuid4().hex[:12]}.example"
    yield name
    host.check_output("unbound-control -q local_zone_remove %s", name)


def played(host: Host, domain: str, dmarc: str | None) -> None:
    """The resolver knows a domain with one mail server, and what it asks for where something else writes."""
    records = [
        f'{domain}. 60 IN TXT "v=spf1 ip4:{HONEST} -all"',
        f"{domain}. 60 IN MX 10 mail.{domain}.",
        f"mail.{domain}. 60 IN A {HONEST}",
        *([f'_dmarc.{domain}. 60 IN TXT "v=DMARC1; p={dmarc}"'] if dmarc else []),
    ]
    host.check_output("unbound-control -q local_zone %s static", domain)
    for record in records:
        host.check_output("unbound-control -q local_data %s", record)


def judged(host: Host, domain: str, address: str, recipient: str) -> Verdict:
    """What the filter says of a message that it is only shown."""
    message = MESSAGE.format(domain=domain, recipient=recipient, id=uuid4())
    options = f"--ip {address} --from someone@{domain} --helo mail.{domain} --hostname mail.{domain}"
    asked = f"printf '%%s' %s | rspamc -h {CONTROLLER} -t 60 {options} symbols"
    said = host.check_output(asked, message)
    return Verdict(
        re.findall(r"^Action: (.+)$", said, re.MULTILINE)[0],
        frozenset(re.findall(r"^Symbol: (\w+)", said, re.MULTILINE)),
        said,
    )


@pytest.mark.parametrize(
    ("dmarc", "action"),
    [("reject", "reject"), ("quarantine", "add header"), ("none", "add header"), (None, "add header")],
)
def test_a_liar_has_what_the_domain_asks_for(
    host: Host, domain: str, wanted: MailConfig, dmarc: str | None, action: str
) -> None:
    recipient = wanted.mailboxes[0].address
    played(host, domain, dmarc)
    honest = judged(host, domain, HONEST, recipient)
    assert honest.action == "no action", honest.said
    assert {"R_SPF_ALLOW", "ARC_SIGNED"} <= honest.symbols, honest.said  # it could be forwarded now
    liar = judged(host, domain, LIAR, recipient)
    assert (liar.action, "R_SPF_FAIL" in liar.symbols) == (action, True), liar.said
    if dmarc == "reject":
        assert "Message refuse" in liar.said


def test_names_that_cannot_be_looked_up_now_do_not_make_spam(host: Host, domain: str, wanted: MailConfig) -> None:
    host.check_output("unbound-control -q local_zone %s refuse", domain)
    said = judged(host, domain, LIAR, wanted.mailboxes[0].address)
    assert "R_SPF_DNSFAIL" in said.symbols, said.said
    assert said.action == "no action", said.said


def test_only_who_needs_them_reaches_the_sockets(host: Host) -> None:
    # As a program of another service would: one that serves mailboxes, one that serves nothing.
    for user in ("vmail", "nobody"):
        knock = f"runuser -u {user} -- python3 -c %s {MILTER} {CONTROLLER} {VALKEY} {CLAMD}"
        assert host.check_output(knock, KNOCK) == ""
    listening = host.check_output("ss -Hltnp")
    assert not re.search('"(rspamd|valkey-server|clamd)"', listening), listening


def test_what_is_remembered_outlives_a_restart_and_has_a_limit(host: Host) -> None:
    def setting(name: str) -> str:
        return host.check_output(f"valkey-cli -s {VALKEY} --raw config get {name}").splitlines()[1]

    assert setting("appendonly") == "yes"
    assert setting("maxmemory-policy").startswith("volatile-")
    assert int(setting("maxmemory")) > 0
    assert setting("port") == "0"
    assert host.file("/var/lib/valkey/appendonlydir").is_directory


def test_signatures_come_from_the_administration_or_from_nowhere(host: Host, wanted: MailConfig) -> None:
    feeder = host.service("clamav-freshclam")
    assert feeder.is_running == bool(wanted.viruses)
    if wanted.viruses:
        assert f"PrivateMirror {wanted.viruses}" in host.file("/etc/clamav/freshclam.conf").content_string
        fresh = "find /var/lib/clamav -name 'daily.c?d' -mtime -3 | grep -q ."
        assert within(60, lambda: host.run(fresh).succeeded)


@pytest.mark.parametrize("unit", ["clamav-daemon", "valkey-server", "rspamd"])
def test_it_runs_hardened(host: Host, unit: str) -> None:
    said = host.check_output(f"systemctl show {unit} -p NoNewPrivileges,ProtectSystem,CapabilityBoundingSet,User")
    values = dict(line.split("=", 1) for line in said.splitlines())
    assert values["NoNewPrivileges"] == "yes"
    assert values["ProtectSystem"] == "strict"
    assert values["CapabilityBoundingSet"] == ""
    assert values["User"] not in ("", "root")
