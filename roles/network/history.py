"""What devices ran, over time: their configurations without secrets, in a git repository of the environment.

Git is asked through its plumbing, in a bare repository, without hooks and without anybody's settings.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from inventory.masking import masked
from inventory.model import Environment
from roles.network.scrub import scrubbed

BRANCH = "refs/heads/main"
SUFFIX = ".cfg"
DRIFT, FIRST = "drift", "first seen"
PATIENCE = 30.0  # seconds: longer than any run holds the repository


class HistoryError(Exception):
    """Git cannot keep or tell; the message is its own last line."""


def folder_of(environment: Environment) -> Path:
    return environment.state / "configurations"


@dataclass(frozen=True)
class Why:
    """Who ran this, for which reason, and the hash of the plan that was agreed to."""

    who: str
    reason: str = ""
    plan: str = ""

    def message(self, subject: str, names: list[str]) -> str:
        plan = [f"plan: {self.plan}"] if self.plan else []
        return masked("\n".join([f"{subject}: {', '.join(names)}", "", f"by: {self.who}", *plan, ""]))


@dataclass(frozen=True)
class History:
    """The repository of one environment. `prepare` makes the values known that must not be kept."""

    folder: Path
    why: Why
    prepare: Callable[[], None] = lambda: None

    def know(self) -> None:
        """Know early what must not be kept, as other processes are to know it too. A failure is said by `_keep`."""
        with suppress(Exception):
            self.prepare()
            masked("")  # the forms in which to look for them are made once, not by each process

    def found(self, configurations: Mapping[str, str]) -> None:
        """Keep what devices were found to run: what differs from the last time was not ours."""
        self._keep(configurations, DRIFT)

    def made(self, configurations: Mapping[str, str]) -> None:
        """Keep what devices run after our change."""
        self._keep(configurations, " ".join(self.why.reason.split()) or "as the inventory says")

    def _keep(self, configurations: Mapping[str, str], subject: str) -> None:
        """Whatever goes wrong here is said, and no more: a change is not a failure because it was not noted."""
        try:
            if configurations:
                self.prepare()
                self.store({name: scrubbed(text) for name, text in configurations.items()}, subject)
        except Exception as error:
            print(f"history: {self.folder}: not kept: {masked(' '.join(str(error).split()))}", file=sys.stderr)

    def store(self, texts: Mapping[str, str], subject: str) -> None:
        """One commit of what differs; none where nothing does."""
        with self._alone():
            head = self.head()
            before = self.content(head, list(texts))
            now = {name: text.encode(errors="replace") for name, text in sorted(texts.items())}
            changed = {name: text for name, text in now.items() if before[name] != text}
            if not changed:
                return
            if subject == DRIFT and not any(before[name] for name in changed):
                subject = FIRST
            message = self.why.message(subject, list(changed)).encode()
            who = "".join(letter for letter in self.why.who if letter.isprintable() and letter not in "<>")
            person = f"committer {who.partition('@')[0]} <{who}> {int(time.time())} +0000"
            stream = [f"commit {BRANCH}\n{person}\ndata {len(message)}\n".encode(), message]
            stream += [f"from {head}\n".encode()] if head else []
            for name, text in changed.items():
                stream += [f"M 100644 inline {name}{SUFFIX}\ndata {len(text)}\n".encode(), text, b"\n"]
            self.git("fast-import", "--quiet", "--done", text=b"".join([*stream, b"done\n"]))

    def head(self) -> str:
        """The last commit; nothing where there is none."""
        return self.git("for-each-ref", "--format=%(objectname)", BRANCH).decode().strip()

    def when(self) -> str:
        """The day and time of the last commit, as a person reads it; nothing where there is none."""
        return (
            self.git("for-each-ref", "--format=%(committerdate:format-local:%Y-%m-%d %H:%M)", BRANCH).decode().strip()
        )

    def content(self, commit: str, names: list[str]) -> dict[str, bytes | None]:
        """The configuration of each device in a commit."""
        if not commit:
            return dict.fromkeys(names)
        wanted = "".join(f"{commit}:{name}{SUFFIX}\n" for name in names)
        answer = self.git("cat-file", "--batch=%(objecttype) %(objectsize)", text=wanted.encode())
        found: dict[str, bytes | None] = {}
        at = 0
        for name in names:
            end = answer.index(b"\n", at)
            header, at = answer[at:end], end + 1
            if header.startswith(b"blob "):
                size = int(header.split()[1])
                found[name] = answer[at : at + size]
                at += size + 1
            else:
                found[name] = None
        return found

    def git(self, *arguments: str, text: bytes | None = None) -> bytes:
        """What git answers. Nothing of the caller's git, nor of the person's, has a say."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        ours = {"GIT_DIR": str(self.folder), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
        options = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsync=committed,loose-object")
        command = ["git", *options, *arguments]
        done = subprocess.run(command, env=inherited | ours, input=text, capture_output=True, timeout=60, check=False)
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            raise HistoryError(lines[-1] if lines else f"git {arguments[0]} failed")
        return done.stdout

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The repository, made where there is none, for one process at a time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        with (self.folder / "lock").open("a") as file:
            _lock(file)
            if not (self.folder / "objects" / "info").exists():  # what `git init` makes last
                self.git("init", "--quiet", "--bare", "--template=", f"--initial-branch={BRANCH.rpartition('/')[2]}")
            yield


def _lock(file: IO[str]) -> None:
    """Wait for the others, not for ever; the kernel drops the lock with the file."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise HistoryError(f"another run has held it for {PATIENCE:.0f} s") from None
            time.sleep(0.05)
        else:
            return
