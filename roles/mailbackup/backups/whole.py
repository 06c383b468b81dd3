"""All mail, on the machine that replaces a lost one."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from .backup import SETTINGS, STATE, write
from .repository import BackupError, Repository, Snapshot

STORE = Path("/srv/mail")
SERVICES = ("postfix", "dovecot", "mail-journal", "valkey-server", "dav")  # they write to what comes back
ACCOUNT = "mail-backup"
# They are made anew, of what the folders hold.
INDEXES = ("dovecot.index*", "dovecot.list.index*")


def bring_back(repository: Repository, snapshot: Snapshot, target: Path | None) -> str:
    """Put the files of a backup in their places, or into an empty directory.

    Mail that arrived meanwhile stays; what is beside it (the journal, what is held) is kept under another name.
    """
    if target is None:
        running = [unit for unit in SERVICES if not subprocess.run(["systemctl", "-q", "is-active", unit]).returncode]
        if running:
            raise BackupError(f"systemctl stop {' '.join(running)} first")
    elif target.exists() and any(target.iterdir()):
        raise BackupError(f"{target} is not empty")
    aside = put_aside([Path(path) for path in json.loads(SETTINGS.read_text())["sources"]]) if target is None else {}
    left_out = [f"--exclude={pattern}" for pattern in INDEXES]
    repository.run("restore", "--no-lock", snapshot.id, f"--target={target or '/'}", *left_out)
    for path, place in aside.items():
        if not path.exists():  # the backup is older than what writes there
            place.rename(path)
    if target is not None:
        return f"the mail of the backup of {snapshot.says} is in {target}"
    for pattern in INDEXES:
        for path in STORE.rglob(pattern):
            path.unlink()
    # From here on this machine is the one that adds to the repository.
    note = STATE / "repository"
    write(note, f"{repository.identity()}\n")
    shutil.chown(note, ACCOUNT, ACCOUNT)
    os.sync()
    return f"all mail is as in the backup of {snapshot.says}: systemctl start {' '.join(reversed(SERVICES))}"


def put_aside(sources: list[Path], store: Path = STORE) -> dict[Path, Path]:
    """Keep under another name what a restore would mix with what was; which name each has now."""
    moved = {}
    for path in sources:
        if path != store and path.exists() and any(path.iterdir()):
            moved[path] = path.rename(path.with_name(f"{path.name}.before-{time.strftime('%Y-%m-%dT%H-%M-%S')}"))
    return moved
