"""The life of three people: they come; one leaves and comes back, one moves to another ministry, one marries."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from uuid import uuid4

import pytest

from inventory.model import Administration
from inventory.secrets import secrets_of
from tests.conftest import Workstation
from tests.rehearsals.conftest import at_the_desk, done, first_logon, imap, share, ticket

TAG = uuid4().hex[:6]  # the lab remembers those who left: each run has somebody new
LEAVER, MOVER, BRIDE, WIFE = f"nafi.{TAG}", f"yero.{TAG}", f"bintou.{TAG}", f"bintou.m{TAG}"
IDS = {
    LEAVER: f"L-{TAG.upper()}",
    MOVER: f"M-{TAG.upper()}",
    BRIDE: f"B-{TAG.upper()}",
    WIFE: f"B-{TAG.upper()}",
}
HEIR = "moussa.exemple"
DESK = Path(__file__).with_name("desk.py").read_text()

# Puts a message in the mailbox, or says whether it is there.
NOTE = """
import imaplib, ssl, sys
address, subject, what = sys.argv[1:]
client = imaplib.IMAP4_SSL("mail1.intra.gov.bf", ssl_context=ssl.create_default_context())
client.login(address, sys.stdin.readline().rstrip())
client.select("INBOX")
if what == "keep":
    client.append("INBOX", None, None, f"Subject: {subject}\\r\\n\\r\\nA garder.\\r\\n".encode())
else:
    import time
    for attempt in range(30):
        client.noop()
        if client.search(None, "SUBJECT", subject)[1][0]:
            break
        time.sleep(0.5)
    else:
        sys.exit(f"{subject}: not there")
"""

# Sends a message; says the answer of the server.
SEND = """
import smtplib, ssl, sys
sender, recipient, subject = sys.argv[1:]
client = smtplib.SMTP_SSL("mail1.intra.gov.bf", 465, context=ssl.create_default_context())
client.login(sender, sys.stdin.readline().rstrip())
text = f"From: {sender}\\r\\nTo: {recipient}\\r\\nSubject: {subject}\\r\\n\\r\\nBonjour.\\r\\n"
try:
    client.sendmail(sender, [recipient], text)
    print(250)
except smtplib.SMTPRecipientsRefused as error:
    print(error.recipients[recipient][0])
"""


def line(login: str, **more: str) -> str:
    told = {"id": IDS[login], "login": login, "given": "Essai", "family": "Essai", **more}
    return f"  - {{{', '.join(f'{key}: {value}' for key, value in told.items())}}}\n"


class Ministries:
    """The people of two ministries, in a copy of the repository."""

    def __init__(self, copy: Path) -> None:
        self.copy = copy
        self.files = {name: copy / f"inventory/institutions/{name}/people.yaml" for name in ("sante", "mtdpce")}
        self.before = {name: path.read_text().rstrip() + "\n" for name, path in self.files.items()}

    def have(self, **more: list[str]) -> None:
        """Deploy the administration with these people more, by ministry."""
        for name, path in self.files.items():
            path.write_text(self.before[name] + "".join(more.get(name, [])))
        done(self.copy, "deploys.validate")
        done(self.copy, "deploys.secrets")
        done(self.copy, "deploys.engine", "deploy", "--yes")


@pytest.fixture
def ministries(copy: Path) -> Ministries:
    return Ministries(copy)


@contextmanager
def working(workstation: Workstation, administration: Administration, login: str, password: str) -> Iterator[list[str]]:
    """Somebody has everything open meanwhile; afterwards what was given holds what came of it, as JSON."""
    who = {
        "login": login,
        "password": password,
        "address": f"{login}@sante.gov.bf",
        "share": "sante",
        "application": administration.fqdn("cim"),
        **{name: administration.running(name)[0].fqdn for name in ("mail", "files", "directory")},
    }
    command = ["ssh", "-F", workstation.ssh_config, workstation.name, f"python3 -c {quote(DESK)}"]
    desk = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert desk.stdin
    assert desk.stdout
    try:
        desk.stdin.write(f"{json.dumps(who)}\n")
        desk.stdin.flush()
        assert desk.stdout.readline() == "open\n", desk.communicate(timeout=60)[1]
        came: list[str] = []
        yield came
        said, errors = desk.communicate("\n", timeout=120)
        assert desk.returncode == 0, errors
        came.append(said)
    finally:
        desk.kill()


def test_three_people(
    ministries: Ministries,
    administration: Administration,
    workstation: Workstation,
    password_of: Callable[[str], str],
) -> None:
    def at_work(command: str, password: str) -> tuple[int, str]:
        return at_the_desk(administration, command, password)

    def note(address: str, subject: str, what: str, password: str) -> None:
        status, said = at_work(f"python3 -c {quote(NOTE)} {address} {subject} {what} 2>&1", password)
        assert status == 0, said

    def send(sender: str, recipient: str, subject: str, password: str) -> str:
        return at_work(f"python3 -c {quote(SEND)} {sender} {recipient} {subject}", password)[1]

    ministries.have(sante=[line(LEAVER), line(MOVER), line(BRIDE)])
    for login in (LEAVER, MOVER, BRIDE):  # a temporary password opens nothing
        temporary = secrets_of(administration.environment).get("institution-sante", login).reveal()
        assert at_work(imap(f"{login}@sante.gov.bf"), temporary)[0] != 0
    passwords = {login: first_logon(administration, "sante", login) for login in (LEAVER, MOVER, BRIDE)}
    for login, password in passwords.items():
        note(f"{login}@sante.gov.bf", f"kept-{TAG}", "keep", password)
        status, said = at_work(ticket(login, share("sante", "ls")), password)
        assert status == 0, f"{login}: {said}"

    with (
        working(workstation, administration, LEAVER, passwords[LEAVER]) as leaver,
        working(workstation, administration, MOVER, passwords[MOVER]) as mover,
    ):
        ministries.have(
            sante=[
                line(LEAVER, left='"2026-01-31"', mail_after=HEIR),
                line(WIFE, family="Mariée", formerly=f"[{BRIDE}]"),
            ],
            mtdpce=[line(MOVER)],
        )

    # Who left is shown out of all that was open, and comes in nowhere with what is left.
    came = json.loads(leaver[0])
    assert "BYE" in came["mailbox"] or "abort" in came["mailbox"], came
    assert "(553, " in came["sending"] or "SMTPServerDisconnected" in came["sending"], came
    assert "NT_STATUS_" in came["share"] or "disconnected" in came["share"], came
    assert "NT_STATUS_ACCESS_DENIED" in came["share, with the ticket that is left"], came
    assert came["application"] == "out", came
    assert "KDC policy rejects request" in came["another ticket"], came
    assert "credentials have been revoked" in came["logon"], came
    assert at_work(imap(f"{LEAVER}@sante.gov.bf"), passwords[LEAVER])[0] != 0
    folder = f"/srv/mail/{IDS[LEAVER]}"
    kept = subprocess.run(
        ["ssh", "-F", workstation.ssh_config, administration.running("mail")[0].name, f"stat -c '%U %a' {folder}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert kept.stdout == "root 700\n"

    # Who moved has the mail, the account and the password, the new ministry's share, and nothing of the old one.
    came = json.loads(mover[0])
    assert "NT_STATUS_" in came["share"] or "disconnected" in came["share"], came
    assert "NT_STATUS_ACCESS_DENIED" in came["share, with the ticket that is left"], came
    assert came["application"] == "in", came
    note(f"{MOVER}@mtdpce.gov.bf", f"kept-{TAG}", "find", passwords[MOVER])
    assert at_work(ticket(MOVER, share("mtdpce", "ls")), passwords[MOVER])[0] == 0
    assert at_work(ticket(MOVER, share("sante", "ls")), passwords[MOVER])[0] != 0

    # Who married logs in under the new name, with the old password, mail and address.
    note(f"{WIFE}@sante.gov.bf", f"kept-{TAG}", "find", passwords[BRIDE])
    assert at_work(ticket(WIFE, share("sante", "ls")), passwords[BRIDE])[0] == 0
    mover_address = f"{MOVER}@mtdpce.gov.bf"
    assert send(mover_address, f"{BRIDE}@sante.gov.bf", f"congratulations-{TAG}", passwords[MOVER]) == "250"
    note(f"{WIFE}@sante.gov.bf", f"congratulations-{TAG}", "find", passwords[BRIDE])

    # The mail of who left goes where the ministry says.
    assert send(mover_address, f"{LEAVER}@sante.gov.bf", f"inherited-{TAG}", passwords[MOVER]) == "250"
    note(f"{HEIR}@sante.gov.bf", f"inherited-{TAG}", "find", password_of(HEIR))

    ministries.have(sante=[line(LEAVER), line(WIFE, family="Mariée", formerly=f"[{BRIDE}]")], mtdpce=[line(MOVER)])

    # Who comes back finds the same account, password and mail; what came meanwhile went to the other one.
    note(f"{LEAVER}@sante.gov.bf", f"kept-{TAG}", "find", passwords[LEAVER])
    assert at_work(ticket(LEAVER, share("sante", "ls")), passwords[LEAVER])[0] == 0
