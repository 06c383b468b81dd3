"""What is deployed, written on each machine: which commit, who, when. `make status` reads it."""

import getpass
import json
import os
import socket
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from pyinfra.api import FactBase, StringCommand
from pyinfra.api.host import Host

from roles.common.commands import WriteFile

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


class Recorded(FactBase[Record | None]):
    """What a machine says of its last deploy; None where there was none."""

    def command(self, deploys: str) -> StringCommand:
        path = path_of(deploys)
        return StringCommand(f"! test -f {path} || cat {path}")

    def process(self, output: list[str]) -> Record:
        return Record(**json.loads("".join(output)))


def path_of(deploys: str) -> str:
    return f"{FOLDER}/deployed-{deploys}.json"


def record(deploys: str, reason: str) -> Record:
    """What this run writes."""
    return Record(commit(), who(), datetime.now(UTC).isoformat(timespec="seconds"), deploys, reason)


def write(host: Host, new: Record) -> None:
    """Write it on a host where it says another commit, or where something was changed for a reason."""
    text = json.dumps(asdict(new), ensure_ascii=False) + "\n"
    path = path_of(new.deploys)
    command = WriteFile(path, text, user="root", group="root", mode="644", check=None, secret=False)
    host.run_shell_command(StringCommand("mkdir -p", FOLDER))
    host.run_shell_command(command, _stdin=text)


def commit() -> str:
    """The commit at hand, with a + where the work tree has more; "none" outside of git."""
    try:
        head = _git("rev-parse", "HEAD")
        return f"{head}+" if _git("status", "--porcelain", "--untracked-files=no") else head
    except (OSError, subprocess.CalledProcessError):
        return NO_COMMIT


def who() -> str:
    """Who runs the deploy: the person behind sudo, and where."""
    return f"{os.environ.get('SUDO_USER') or getpass.getuser()}@{socket.gethostname()}"


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return ran.stdout.strip()
