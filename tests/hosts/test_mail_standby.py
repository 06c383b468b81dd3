"""The mail server that stands by: mail goes through it, and it has a copy of every mailbox that nobody else reads."""

import json
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from roles.mail.config import COPIES, HANDOVER, RECOVERABLE
from tests.conftest import Workstation, connect, reaches
from tests.mail_programs import MailPrograms
from tests.waiting import within

pytestmark = pytest.mark.machines("mailstandby")

COPIED = 120  # seconds: it takes one or two, on a machine that does nothing else; one that stalls is ended after 40
# What somebody does to a message in their mailbox: it is read, then moved, then deleted for good.
READ = """
client = imap(given["login"])
arrived = until(lambda: found(client, "INBOX", "SUBJECT", given["subject"]))
client.store(arrived[0], "+FLAGS", r"\\Seen \\Flagged")
tell(arrived=len(arrived))
"""
DELETED = """
client = imap(given["login"])
for number in found(client, "INBOX", "SUBJECT", given["subject"]):
    client.store(number, "+FLAGS", r"\\Deleted")
client.expunge()
tell(left=len(found(client, "INBOX", "SUBJECT", given["subject"])))
"""
RULE = """
client = Sieve()
client.protect()
client.login(given["login"])
client.put(given["name"], "keep;")
tell(done=True)
"""
GONE = """
client = Sieve()
client.protect()
client.login(given["login"])
tell(done=client.say(f'DELETESCRIPT "{given["name"]}"')[-1])
"""
# A dialogue with the entry of what another mail server took in, with this machine's certificate or without.
HANDED = r"""
import smtplib, ssl, sys
name, port, recipient, *own = sys.argv[1:]
tls = ssl.create_default_context(cafile="/etc/ssl/administration/ca.crt")
if own:
    tls.load_cert_chain("/etc/ssl/administration/host.crt", "/etc/ssl/administration/host.key")
client = smtplib.SMTP(name, int(port), timeout=20)
try:
    client.starttls(context=tls)
    client.ehlo()
    client.docmd("MAIL FROM:<>")
    print(*client.docmd(f"RCPT TO:<{recipient}>"))
except (OSError, smtplib.SMTPException) as error:
    print("refused", error)
"""


# What another command of doveadm says, asked as the server that is used does, and as somebody without its password.
ASKED = r"""
import base64, re, socket, ssl, sys
name, port, address, command, password = sys.argv[1:]
password = password or re.search(r'"(.*)"', open("/etc/dovecot/copies-password.conf").read())[1]
tls = ssl.create_default_context(cafile="/etc/ssl/administration/ca.crt")
with tls.wrap_socket(socket.create_connection((name, int(port)), 20), server_hostname=name) as server:
    server.settimeout(30)
    plain = base64.b64encode(f"\0doveadm\0{password}".encode()).decode()
    stream = server.makefile("rwb")
    stream.write(f"VERSION\tdoveadm-server\t1\t3\nPLAIN\t{plain}\n".encode())
    stream.flush()
    print("in" if [stream.readline() for _ in range(3)][2] == b"+\n" else "out")
    stream.write(f"\t{address}\t{command}\n".encode())
    stream.flush()
    print("answers" if stream.read(5) else "refuses")
"""


@pytest.fixture
def active(administration: Administration) -> Machine:
    """The server that people use."""
    return administration.running("mail")[0]


@pytest.fixture
def person(administration: Administration) -> str:
    """The last person of the last institution: other tests write to the first ones."""
    institution = list(administration.institutions.values())[-1]
    return institution.address_of(institution.present[-1])


@pytest.fixture
def programs(
    administration: Administration, workstation: Workstation, password_of: Callable[[str], str]
) -> MailPrograms:
    """Mail programs, by the name that does not change with the server."""
    return MailPrograms(
        workstation, administration.fqdn("messagerie"), lambda address: password_of(address.partition("@")[0])
    )


@pytest.fixture
def subject(administration: Administration, active: Machine, person: str) -> Iterator[str]:
    """A word for the subject; what has it is gone afterwards, from the copy too."""
    word = f"copie{uuid4().hex[:12]}"
    yield word
    used = connect(administration, active.name)
    for folder in ("INBOX", RECOVERABLE):
        used.run("doveadm expunge -u %s mailbox %s SUBJECT %s", person, folder, word)
    used.run("touch /run/mail-copy/ask/%s", person)


def there(host: Host, person: str, folder: str, *what: str) -> int:
    """How many messages are in a folder here."""
    return len(host.check_output(f"doveadm search -u %s mailbox %s {' '.join(what)}", person, folder).splitlines())


def test_it_takes_mail_in_and_nobody_logs_in(host: Host, administration: Administration, machine: Machine) -> None:
    listening = host.check_output("ss -Hltn").splitlines()
    addresses = [line.split()[3].rsplit(":", 1) for line in listening]
    served = {port for address, port in addresses if not address.startswith("127.")}
    assert {"22", "25", str(COPIES), "9154"} <= served
    assert not served.intersection({"110", "143", "465", "587", "993", "4190", str(HANDOVER)})
    desk = connect(administration, administration.running("applications")[0].name)
    assert within(30, lambda: reaches(desk, str(machine.address), 25))
    for port in (COPIES, 9154):
        assert not reaches(desk, str(machine.address), port)


def test_what_it_takes_is_in_the_mailbox_and_the_copy_follows(
    host: Host, programs: MailPrograms, person: str, subject: str
) -> None:
    text = f"From: root@{host.check_output('hostname -f')}\nTo: {person}\nSubject: {subject}\n\nBonjour.\n"
    host.check_output("printf %%s %s | sendmail -f '' %s", text, person)
    assert programs.run(READ, [person], login=person, subject=subject)["arrived"] == 1
    assert within(COPIED, lambda: there(host, person, "INBOX", "SUBJECT", subject, "SEEN", "FLAGGED") == 1)
    assert programs.run(DELETED, [person], login=person, subject=subject)["left"] == 0
    assert within(COPIED, lambda: there(host, person, "INBOX", "SUBJECT", subject) == 0)
    assert within(COPIED, lambda: there(host, person, RECOVERABLE, "SUBJECT", subject) == 1)


def test_rules_are_copied(host: Host, programs: MailPrograms, person: str) -> None:
    name = f"copie{uuid4().hex[:8]}"
    programs.run(RULE, [person], login=person, name=name)
    try:
        assert within(COPIED, lambda: name in host.run("doveadm sieve list -u %s", person).stdout)
    finally:
        programs.run(GONE, [person], login=person, name=name)
    assert within(COPIED, lambda: name not in host.run("doveadm sieve list -u %s", person).stdout)


def test_an_unknown_recipient_is_refused_here_too(
    administration: Administration, machine: Machine, person: str
) -> None:
    desk = connect(administration, administration.running("applications")[0].name)
    said = ["nothing"]

    def refused() -> bool:
        nobody = f"personne-{uuid4().hex[:6]}@{person.partition('@')[2]}"
        said.append(desk.run("python3 -c %s %s 25 %s", HANDED, machine.fqdn, nobody).stdout)
        return said[-1].startswith("550 ")

    assert within(60, refused), said


def test_only_the_other_servers_hand_mail_over(host: Host, active: Machine, person: str) -> None:
    def said(*own: str) -> str:
        line = f"python3 -c %s %s %s %s {' '.join(own)}"
        return host.run(line, HANDED, active.fqdn, str(HANDOVER), person).stdout

    assert within(60, lambda: said("own").startswith("250 "))
    without = said()
    assert without.startswith(("refused ", "4", "5")), without


def test_the_server_that_is_used_may_only_synchronise(
    active: Machine, administration: Administration, machine: Machine, person: str
) -> None:
    used = connect(administration, active.name)

    def asked(command: str, password: str = "") -> list[str]:
        line = "timeout 60 python3 -c %s %s %s %s %s %s"
        return used.run(line, ASKED, machine.fqdn, str(COPIES), person, command, password).stdout.split()

    assert asked("sieve list") == ["in", "answers"]
    assert asked("mailbox list") == ["in", "refuses"]
    assert asked("sieve list", password="wrong")[:1] == ["out"]


def test_how_far_it_is_behind_is_known(host: Host, active: Machine, administration: Administration) -> None:
    used = connect(administration, active.name)
    figures = used.check_output("curl -s http://%s:9154/metrics", str(active.address))
    assert "mail_copy_lag_seconds" in figures

    def fresh() -> bool:
        seen = json.loads(host.check_output("cat /var/lib/mail-seen/last.json"))
        return bool(float(host.check_output("date +%s")) - seen["at"] < 20)

    assert within(COPIED, fresh)
