"""import-mail: bring the mailboxes of an institution from its old server. `make import-mail` hands it the job on stdin.

As root, which only starts what works: for each mailbox a Dovecot that serves it and nothing else, and beside it an
account without rights that speaks with the old server. Stdout: how far it is, then one line a mailbox.
Exits 0; 1 where anything did not come, which the lines say: to be run again.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any
from uuid import uuid4

from .worker import mib

LIBRARY = "/usr/local/lib/mail-import"
USER = "mail-import"
DOVECOT = "/usr/lib/dovecot/imap"
START = (
    f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {LIBRARY!r});"
    " from importing.worker import main; main()"
)
ATTEMPTS, PAUSE = 4, 5  # in a row that bring nothing, and seconds more between them each time
BROKEN = 40  # times in a row that the old server broke off at some message, and nothing came
EACH = 5  # seconds between two lines of progress
MOST = 10  # failures that are told of one mailbox
SUMMED = ("came", "size", "there", "moved", "marked")


@dataclass
class Mailbox:
    """A mailbox, and how far it is."""

    address: str
    login: str
    password: str = field(repr=False)
    state: str = "waits"
    why: str = ""
    now: dict[str, Any] = field(default_factory=dict)  # of the attempt that goes on
    before: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SUMMED, 0))

    def sum(self, what: str) -> int:
        return self.before[what] + int(self.now.get(what, 0))

    @property
    def complete(self) -> bool:
        return self.state == "done" and not self.now.get("failed")

    def line(self, plan: bool) -> str:
        """What came, or would."""
        if self.state in ("refused", "later"):
            came = f" ; venus avant : {self.sum('came')}" if self.sum("came") else ""
            again = " ; à relancer" if self.state == "later" else ""
            return f"{self.address} : échec : {self.why}{came}{again}"
        if plan:
            said = [f"{counted(self.now['total'], 'message')} à faire venir ({mib(self.now['size'])})"]
        else:
            number = self.sum("came")
            verb = "venus" if number > 1 else "venu"
            said = [f"{counted(number, 'message')} {verb} ({mib(self.sum('size'))})" if number else "rien de neuf"]
            said += [f"{n} {words[n > 1]}" for what, words in WORDS.items() if (n := self.sum(what))]
        said.append(counted(self.now["folders"], "dossier"))
        failed = self.now["failed"]
        verdict = f"incomplète, {len(failed)} à revoir" if failed else "lue" if plan else "complète"
        return f"{self.address} : {verdict} : {', '.join(said)}"

    def details(self) -> Iterator[str]:
        """What people should know of it."""
        failed = self.now.get("failed", [])
        yield from (f"  n'est pas venu : {each}" for each in failed[:MOST])
        if len(failed) > MOST:
            yield f"  … et {len(failed) - MOST} de plus"
        if renamed := self.now.get("renamed"):
            yield "  dossiers : " + ", ".join(f"{old} → {new}" for old, new in renamed.items())
        yield from (f"  laissé : « {name} » ({why})" for name, why in self.now.get("left_out", {}).items())


WORDS = {  # of one message, of several
    "there": ("déjà là", "déjà là"),
    "moved": ("déplacé comme là-bas", "déplacés comme là-bas"),
    "marked": ("marqué comme là-bas", "marqués comme là-bas"),
}


class Run:
    """One run over all mailboxes."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job, self.id = job, uuid4().hex
        self.mailboxes = [Mailbox(**each) for each in job["mailboxes"]]
        self.ending = Event()
        self._lock = Lock()
        self._running: set[subprocess.Popen[str]] = set()

    def all(self) -> bool:
        """Bring all; whether all came."""
        began = time.monotonic()
        with ThreadPoolExecutor(self.job["jobs"]) as pool:
            try:
                going = {pool.submit(self.one, mailbox) for mailbox in self.mailboxes}
                while going:
                    done, going = wait(going, timeout=EACH)
                    self._raise(done)
                    if going:
                        print(self.progress(time.monotonic() - began), flush=True)
            except BaseException:
                self.end()
                raise
        for mailbox in self.mailboxes:
            print("\n".join([mailbox.line(self.job["plan"]), *mailbox.details()]))
        good = sum(mailbox.complete for mailbox in self.mailboxes)
        print(f"{good}/{len(self.mailboxes)} boîtes {'lues' if self.job['plan'] else 'complètes'}", flush=True)
        return good == len(self.mailboxes)

    @staticmethod
    def _raise(done: "set[Future[None]]") -> None:
        for each in done:
            each.result()

    def progress(self, seconds: float) -> str:
        """One line: how far all is, and who is at it."""
        over = sum(mailbox.state in ("done", "refused", "later") for mailbox in self.mailboxes)
        came, size = (sum(mailbox.sum(what) for mailbox in self.mailboxes) for what in ("came", "size"))
        at = [
            f"{each.address} {100 * each.now.get('came', 0) // total} %"
            if (total := each.now.get("total"))
            else each.address
            for each in self.mailboxes
            if each.state == "going"
        ]
        return (
            f"{seconds:5.0f} s  {over}/{len(self.mailboxes)} boîtes, {counted(came, 'message')} ({mib(size)}) ; "
            f"en cours : {', '.join(at) or 'personne'}"
        )

    def one(self, mailbox: Mailbox) -> None:
        """Bring one mailbox. What breaks off is taken up again, as long as something comes."""
        idle = broken = 0
        while not self.ending.is_set():
            came = mailbox.sum("came")
            self.attempt(mailbox)
            if mailbox.state != "later":
                return
            broken = 0 if mailbox.sum("came") > came else broken + 1
            idle = 0 if not broken or mailbox.now.get("narrowed") else idle + 1
            if idle == ATTEMPTS or broken == BROKEN:
                return
            for what in SUMMED:
                mailbox.before[what] = mailbox.sum(what)
            mailbox.now = {}
            mailbox.state = "going"
            self.ending.wait(max(1, PAUSE * (idle - 1)))

    def attempt(self, mailbox: Mailbox) -> None:
        """A Dovecot of that mailbox, and who speaks with the old server, each with one end of two pipes."""
        mailbox.state = "going"
        theirs, to_dovecot = os.pipe()
        from_dovecot, answers = os.pipe()
        job = {
            **{name: value for name, value in self.job.items() if name != "mailboxes"},
            "address": mailbox.address,
            "login": mailbox.login,
            "password": mailbox.password or self.job["password"],
            "master": "" if mailbox.password else self.job["master"],
            "rate": self.job["rate"] // self.job["jobs"],
            "run": self.id,
            "pipes": (from_dovecot, to_dovecot),
        }
        try:
            serving = subprocess.Popen(
                [DOVECOT, "-u", mailbox.address], stdin=theirs, stdout=answers, stderr=subprocess.DEVNULL
            )
            with self._lock:
                working = subprocess.Popen(
                    [sys.executable, "-I", "-c", START],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    pass_fds=(from_dovecot, to_dovecot),
                    env={"LANG": "C.UTF-8"},
                    user=USER,
                    group=USER,
                    extra_groups=[],
                )
                self._running.add(working)
        finally:
            for end in (theirs, to_dovecot, from_dovecot, answers):
                os.close(end)
        said: dict[str, Any] = {}
        with working:
            assert working.stdin is not None
            assert working.stdout is not None
            with suppress(BrokenPipeError):  # it died at once: its exit says so
                working.stdin.write(json.dumps(job) + "\n")
                working.stdin.close()
            for line in working.stdout:
                if not line.endswith("\n"):  # it was killed while it said that
                    break
                said = json.loads(line)
                mailbox.now = {**mailbox.now, **said}
        serving.wait()
        self._running.discard(working)
        if said.get("state") in ("done", "refused", "later"):
            mailbox.state, mailbox.why = said["state"], said["why"]
        else:
            mailbox.state, mailbox.why = "later", f"interrompu ({working.returncode})"

    def end(self) -> None:
        """End what works: what came is noted, the next run goes on from there."""
        self.ending.set()
        with self._lock:
            for working in self._running:
                working.kill()


def counted(number: int, what: str) -> str:
    """In French: 1 message, 1 204 messages."""
    return f"{number:,} {what}{'s' if number > 1 else ''}".replace(",", "\u202f")


def main() -> int:
    job = json.load(sys.stdin)
    try:
        return 0 if Run(job).all() else 1
    except BrokenPipeError:  # who asked is gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
