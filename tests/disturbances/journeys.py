"""What a person does at the desk of a ministry, all of it at the same moment, and how long each of it takes."""

import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from shlex import join
from uuid import uuid4

from inventory.masking import masked
from inventory.model import Administration
from tests.conftest import Workstation
from tests.journeys.test_applications import LOG_IN, readers
from tests.journeys.test_mail import READ, SEND

TICKET = "/tmp/essai.controleur"  # at the desk, held during a test
OPEN = (
    "import imaplib, ssl, sys; client = imaplib.IMAP4_SSL(sys.argv[1], ssl_context=ssl.create_default_context());"
    " client.login(sys.argv[2], sys.stdin.read()); print(client.select()[0])"
)


@dataclass(frozen=True)
class Step:
    """A command at the desk that reads a password, and what it says when all is well."""

    command: str
    good: str


@dataclass(frozen=True)
class Ended:
    """How a step ended: whether well, after how many seconds, and what it said."""

    well: bool
    seconds: float
    said: str


class Desk:
    """Somebody with a share, a mailbox and an application."""

    def __init__(
        self, administration: Administration, workstation: Workstation, password_of: Callable[[str], str]
    ) -> None:
        self.workstation = workstation
        institution, person = next((i, p) for i, p in administration.people() if i.shares)
        application = next(
            a for a in administration.applications.values() if person.login in readers(administration, a)
        )
        self.address, self.password = institution.address_of(person), password_of(person.login)
        self.mail = administration.running("mail")[0].fqdn
        files, share = administration.running("files")[0].fqdn, next(iter(institution.shares))
        site = f"https://{administration.fqdn(application.application)}"
        self.steps = {
            "a ticket": Step(f"kinit -c {TICKET}.new {person.login} && echo there", "there"),
            # With the ticket of before, whoever gave it: the share asks for one of its own.
            "the share": Step(
                f"KRB5CCNAME={TICKET} smbclient --use-kerberos=required //{files}/{share} -c ls", "blocks available"
            ),
            "mail read": Step(join(["python3", "-c", OPEN, self.mail, self.address]), "OK"),
            "mail sent": Step(self.sending(""), "250"),
            "the application": Step(join(["python3", "-c", LOG_IN, site, person.login]), "Bonjour"),
            "a name": Step(f"getent ahostsv4 {files}", files),
        }
        self.sent: list[str] = []
        assert self._go(Step(f"kinit -c {TICKET} {person.login} && echo there", "there")).well

    def sending(self, subject: str) -> str:
        return join(["python3", "-c", SEND, self.mail, self.address, self.address, self.address, self.address, subject])

    def leave(self) -> None:
        self.workstation.run(f"rm -f {TICKET} {TICKET}.new")

    def all_at_once(self) -> dict[str, Ended]:
        """Each of it, begun now. What was sent is remembered."""
        subject = f"essai-{uuid4()}"
        steps = {**self.steps, "mail sent": Step(self.sending(subject), "250")}
        with ThreadPoolExecutor(len(steps)) as pool:
            ended = dict(zip(steps, pool.map(self._go, steps.values()), strict=True))
        self.sent += [subject] if ended["mail sent"].well else []
        print(", ".join(f"{what} {'' if e.well else 'FAILED '}{e.seconds:.1f} s" for what, e in ended.items()))
        return ended

    def _go(self, step: Step) -> Ended:
        began = time.monotonic()
        try:
            ran = self.workstation.run_stdin(step.command, self.password)
        except subprocess.TimeoutExpired:
            return Ended(well=False, seconds=time.monotonic() - began, said="no answer")
        said = masked(ran.stdout + ran.stderr)
        return Ended(ran.returncode == 0 and step.good in said, time.monotonic() - began, said)

    def arrived(self) -> list[str]:
        """What was sent and is in the mailbox, each taken out of it."""
        read = [join(["python3", "-c", READ, self.mail, self.address, subject]) for subject in self.sent]
        return [s for s, command in zip(self.sent, read, strict=True) if self._go(Step(command, s)).well]


def slower(ended: dict[str, Ended], seconds: float) -> dict[str, Ended]:
    """What did not end well, or took longer."""
    return {what: e for what, e in ended.items() if not e.well or e.seconds > seconds}
