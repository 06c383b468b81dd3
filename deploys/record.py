"""What is deployed on a machine: which commit, by whom, when."""

import getpass
import os
import socket
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime

FOLDER = "/var/lib/administration"
NO_COMMIT = "none"


@dataclass(frozen=True)
class Record:
    """The last deploy that a machine ended well. `reason` is why it removed more than one run may."""

    commit: str
    who: str
    when: str
    deploys: str
    reason: str = ""


def path_of(deploys: str) -> str:
    """Where a machine keeps the record of a deploy, such as site."""
    return f"{FOLDER}/deployed-{deploys}.json"


def record(deploys: str, reason: str) -> Record:
    """What this run writes."""
    return Record(commit(), who(), datetime.now(UTC).isoformat(timespec="seconds"), deploys, reason)


def commit() -> str:
    """The commit at hand, with a + where the work tree has more; "none" outside of git."""
    try:
        head = _git("rev-parse", "HEAD")
        return f"{head}+" if _git("status", "--porcelain", "--untracked-files=no") else head
    except (OSError, subprocess.CalledProcessError):
        return NO_COMMIT


def behind(found: Record) -> str:
    """How far a record is behind the commit at hand, in words; nothing where it is not."""
    theirs, ours = found.commit.removesuffix("+"), commit().removesuffix("+")
    if theirs == ours:
        return ""
    try:
        counts = _git("rev-list", "--left-right", "--count", f"{theirs}...{ours}")
    except (OSError, subprocess.CalledProcessError):
        return " (a commit that is not here)"
    ahead, late = map(int, counts.split())
    if not late:
        return " (ahead of this checkout)"
    return f" ({late} commit{'' if late == 1 else 's'} behind{f', and {ahead} of another branch' if ahead else ''})"


def who() -> str:
    """Who runs the deploy: the person behind sudo, and where."""
    return f"{os.environ.get('SUDO_USER') or getpass.getuser()}@{socket.gethostname()}"


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return ran.stdout.strip()
