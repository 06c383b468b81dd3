"""backup-mail: add this machine's mail to its repository. Run by mail-backup.service, each hour.

/var/lib/mail-backup/repository names the repository that this machine adds to. Where it has none in its place, or one
that it does not know, a person decides: an empty store is never saved over what a lost machine left.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .repository import BackupError, NoRepositoryError, Repository, UnreachableError, failures

SETTINGS = Path("/etc/mail-backup/settings.json")
CACHE, STATE = Path("/var/cache/mail-backup"), Path("/var/lib/mail-backup")
PATIENCE, PAUSE = 900, 20  # seconds: a network comes back, a prune ends
INCOMPLETE = 3  # exit status of restic: a file could not be read
# What Dovecot makes anew, and what is on its way into a folder.
LEFT_OUT = (
    "/srv/mail/.restore",
    ".Radicale.tmp-*",
    "dovecot.index.cache",
    "dovecot.index.log.2",
    "fts-flatcurve",
    "*.lock",
    "*.svbin",
    "Maildir/tmp/*",
    "Maildir/.*/tmp/*",
)


def main() -> int:
    repository = Repository(CACHE)
    try:
        patiently(lambda: known(repository, STATE))
        summary = patiently(lambda: backed_up(repository))
    except BackupError as error:
        print(error, file=sys.stderr)
        return 1
    write(STATE / "last", metrics(summary, time.time()))
    print(
        f"{summary['snapshot_id'][:8]}: {summary['total_files_processed']} files,"
        f" {summary['data_added'] / 2**20:.1f} MiB new, {summary['total_duration']:.1f} s"
    )
    return 0


def patiently(attempt: Callable[[], Any], patience: float = PATIENCE, pause: float = PAUSE) -> Any:
    """What an attempt returns. One that finds nobody is made again for a while."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return attempt()
        except UnreachableError as error:
            if time.monotonic() + pause > deadline:
                raise
            print(f"{error}: again in {pause} s", file=sys.stderr, flush=True)
            time.sleep(pause)


def known(repository: Repository, state: Path) -> None:
    """Ensure that there is a repository and that it is ours. Raises BackupError where a person must decide."""
    note = state / "repository"
    ours = note.read_text().strip() if note.exists() else ""
    try:
        found = repository.identity()
    except NoRepositoryError:
        if ours:
            raise BackupError(
                f"the backup server lost the repository {ours[:8]}, with all backups; to begin another: rm {note}"
            ) from None
        repository.run("init")
        found = repository.identity()
    if found == ours:
        return
    if ours:
        raise BackupError(f"the backup server has another repository, {found[:8]} for {ours[:8]}; if so: rm {note}")
    if held := repository.snapshots():
        raise BackupError(
            f"this machine is new, and there are backups of the one before it, to {held[-1].says}:"
            f" `restore-mail --all`, or `restore-webmail`, brings back its mail; to go on without: echo {found} >{note}"
        )
    write(note, f"{found}\n")


def backed_up(repository: Repository) -> dict[str, Any]:
    """One backup; what restic says of it. Raises BackupError where anything that is there could not be read."""
    sources = [path for path in json.loads(SETTINGS.read_text())["sources"] if Path(path).exists()]
    excluded = [f"--exclude={pattern}" for pattern in LEFT_OUT]
    repository.run("unlock")  # of a run that died with its machine: a lock that lives is renewed, and stays
    done = repository.ran(
        ["backup", "--json", "--quiet", "--tag=mail", "--retry-lock=5m", *excluded, "--", *sources],
        admits=(0, INCOMPLETE),
    )
    if done.returncode == INCOMPLETE and (lost := failures(done.stderr)):
        raise BackupError(f"{len(lost)} could not be read, the first {lost[0]}")
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return next(line for line in lines if line.get("message_type") == "summary")


def metrics(summary: dict[str, Any], now: float) -> str:
    """What a textfile collector reads; the age is for who asks to compute."""
    figures = {
        "mail_backup_last_success_timestamp_seconds": int(now),
        "mail_backup_duration_seconds": round(summary["total_duration"], 3),
        "mail_backup_files": summary["total_files_processed"],
        "mail_backup_size_bytes": summary["total_bytes_processed"],
        "mail_backup_added_bytes": summary["data_added"],
    }
    return "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in figures.items())


def write(path: Path, text: str) -> None:
    """Replace a file in one step."""
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.chmod(0o644)
    partial.replace(path)
