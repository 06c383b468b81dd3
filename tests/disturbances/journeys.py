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
from tests.mail_programs import SEND, TAKE, MailPrograms

TICKET = "/tmp/essai.controleur"  # at the desk, held during a test
OPEN = 'client = imap(given["login"]); tell(opened=client.select()[0])'


@dataclass(frozen=True)
class Step:
    """A command at the desk, what it reads (a password), and what it says when all is well."""

    command: str
    good: str
    reads: str


@dataclass(frozen=True)
class Ended:
    """How a step ended: whether well, after how many seconds, and what it said."""

    well: bool
    seconds: float
    said: str


class Desk:
    """Somebody with a share, a mailbox and an application."""

    def __init__(
        self,
        administration: Administration,
        workstation: Workstation,
        password_of: Callable[[str], str],
        programs: MailPrograms,
    ) -> None:
        self.workstation, self.programs = workstation, programs
        institution, person = next((i, p) for i, p in administration.people() if i.shares)
        application = next(
            a for a in administration.applications.values() if person.login in readers(administration, a)
        )
        self.address, password = institution.address_of(person), password_of(person.login)
        files, share = administration.running("files")[0].fqdn, next(iter(institution.shares))
        site = f"https://{administration.fqdn(application.application)}"
        self.steps = {
            "a ticket": Step(f"kinit -c {TICKET}.new {person.login} && echo there", "there", password),
            # With the ticket of before, whoever gave it: the share asks for one of its own.
            "the share": Step(
                f"KRB5CCNAME={TICKET} smbclient --use-kerberos=required //{files}/{share} -c ls",
                "blocks available",
                password,
            ),
            "mail read": self.mail(OPEN, '"opened": "OK"'),
            "mail sent": self.sending(""),
            "the application": Step(join(["python3", "-c", LOG_IN, site, person.login]), "Bonjour", password),
            "a name": Step(f"getent ahostsv4 {files}", files, password),
        }
        self.sent: list[str] = []
        assert self._go(Step(f"kinit -c {TICKET} {person.login} && echo there", "there", password)).well

    def mail(self, code: str, good: str, patience: int = 0, **values: str | None) -> Step:
        """One try, as somebody sees it who waits: what is refused for now is not well."""
        given = self.programs.given([self.address], login=self.address, patience=patience, **values)
        return Step(self.programs.command(code), good, given)

    def sending(self, subject: str) -> Step:
        to = {"recipient": self.address, "author": self.address, "envelope": None}
        return self.mail(SEND, '"said": [250,', subject=subject, **to)

    def leave(self) -> None:
        self.workstation.run(f"rm -f {TICKET} {TICKET}.new")

    def all_at_once(self) -> dict[str, Ended]:
        """Each of it, begun now. What was sent is remembered."""
        subject = f"essai-{uuid4()}"
        steps = {**self.steps, "mail sent": self.sending(subject)}
        with ThreadPoolExecutor(len(steps)) as pool:
            ended = dict(zip(steps, pool.map(self._go, steps.values()), strict=True))
        self.sent += [subject] if ended["mail sent"].well else []
        print(", ".join(f"{what} {'' if e.well else 'FAILED '}{e.seconds:.1f} s" for what, e in ended.items()))
        return ended

    def _go(self, step: Step) -> Ended:
        began = time.monotonic()
        try:
            ran = self.workstation.run_stdin(step.command, step.reads)
        except subprocess.TimeoutExpired:
            return Ended(well=False, seconds=time.monotonic() - began, said="no answer")
        said = masked(ran.stdout + ran.stderr)
        return Ended(ran.returncode == 0 and step.good in said, time.monotonic() - began, said)

    def arrived(self) -> list[str]:
        """What was sent and is in the mailbox, each taken out of it."""
        return [s for s in self.sent if self._go(self.mail(TAKE, s, patience=60, subject=s)).well]


def slower(ended: dict[str, Ended], seconds: float) -> dict[str, Ended]:
    """What did not end well, or took longer."""
    return {what: e for what, e in ended.items() if not e.well or e.seconds > seconds}
