"""The repository of this machine's backups: restic over ssh, to an account that can only add."""

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path("/etc/mail-backup")
NO_REPOSITORY, LOCKED, WRONG_PASSWORD = 10, 11, 12  # exit statuses of restic
UNREACHABLE = ("exit status 255", "connection refused", "timed out", "no route to host", "broken pipe", "unreachable")
GONE = "no such file or directory"  # mail is moved and deleted while it is read: that is no failure


class BackupError(Exception):
    """What is in the way; the message is one line."""


class UnreachableError(BackupError):
    """The backup server does not answer, which may pass."""


class NoRepositoryError(BackupError):
    """The backup server answers, and has no repository for us."""


@dataclass(frozen=True)
class Snapshot:
    """One backup."""

    id: str
    time: datetime

    @property
    def says(self) -> str:
        return f"{self.time.astimezone():%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Repository:
    """The repository, and a cache of it. The secrets are the credentials of the service, or root's own files."""

    cache: Path

    def run(self, *arguments: str) -> str:
        """What restic says. Raises BackupError with its last line."""
        return self.ran(arguments).stdout

    def ran(self, arguments: Iterable[str], admits: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        secrets = Path(os.environ.get("CREDENTIALS_DIRECTORY", FOLDER))
        ssh = f"ssh -F {FOLDER}/ssh_config -i {secrets}/key backups"
        done = subprocess.run(
            ["restic", "--repo", "rclone:backups:", "-o", f"rclone.program={ssh}", "-o", "rclone.args=add", *arguments],
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.cache),
                "RESTIC_PASSWORD_FILE": f"{secrets}/password",
                "RESTIC_CACHE_DIR": str(self.cache),
                "GOMEMLIMIT": "400MiB",
                "TMPDIR": os.environ.get("TMPDIR", "/tmp"),  # noqa: S108  # restic's own default
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in admits:
            raise refusal(done.returncode, done.stderr)
        return done

    def identity(self) -> str:
        """The name that the repository has since it was made."""
        return str(json.loads(self.run("cat", "config", "--no-lock"))["id"])

    def snapshots(self) -> list[Snapshot]:
        """Every backup, the oldest first."""
        found = json.loads(self.run("snapshots", "--json", "--no-lock"))
        return sorted(
            (Snapshot(each["short_id"], datetime.fromisoformat(each["time"])) for each in found),
            key=lambda each: each.time,
        )


def refusal(status: int, said: str) -> BackupError:
    """What restic's exit status and words mean."""
    lines = [spoken(line) for line in said.splitlines() if line.strip()]
    last = lines[-1] if lines else f"exit status {status}"
    if status == NO_REPOSITORY:
        return NoRepositoryError("the backup server has no repository of this machine")
    if status == WRONG_PASSWORD:
        return BackupError("the password of the repository is another one than ours")
    if status == LOCKED:
        return UnreachableError("the repository is locked: it is being pruned")
    if any(word in said.lower() for word in UNREACHABLE):
        told = [line.removeprefix("rclone: ") for line in lines if line.startswith("rclone: ")]
        return UnreachableError(f"the backup server does not answer: {told[-1] if told else last}")
    return BackupError(last)


def spoken(line: str) -> str:
    """A line of restic in words, which it may say in JSON."""
    try:
        said = json.loads(line)
    except ValueError:
        return line.removeprefix("Fatal: ").strip()
    return str(said.get("message") or said.get("error", {}).get("message") or line) if isinstance(said, dict) else line


def failures(said: str) -> list[str]:
    """Of what `restic backup --json` said on stderr, what could not be read and is still there."""
    found = []
    for line in said.splitlines():
        if not line.startswith("{"):
            continue
        told: dict[str, Any] = json.loads(line)
        if told.get("message_type") == "error" and GONE not in str(told.get("error")):
            found.append(f"{told.get('item', '')}: {spoken(line)}")
    return found
