"""restore-webmail: what people keep in the webmail (preferences, signatures, contacts) is as it was in a backup.

  restore-webmail --list              the backups
  restore-webmail                     all of it, as in the last one
  restore-webmail --at 2d             as it was then

TIME of --at is 2026-11-28, "2026-11-28 14:05", or how long ago: 90m, 3h, 2d. What it replaces stays beside it. The
webmail is down for some seconds; mail is not touched.
"""

import argparse
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import syslog
import time
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from .backup import STATE, write
from .chosen import chosen, instant
from .repository import BackupError, Repository
from .restore import who

BASE = Path("/var/lib/webmail/roundcube.sqlite")
COPY = Path("/var/lib/webmail/copy/roundcube.sqlite")  # as it is in backups
OWNER, ACCOUNT, UNIT = "webmail", "mail-backup", "webmail.service"
CACHE = Path("/var/cache/restore-webmail")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="restore-webmail", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--at", metavar="TIME", help="as it was then; by default, in the last backup")
    parser.add_argument("--list", action="store_true", help="show the backups, restore nothing")
    wanted = parser.parse_args()
    if os.geteuid():
        print("restore-webmail: only root restores", file=sys.stderr)
        return 1
    syslog.openlog("restore-webmail", 0, syslog.LOG_MAIL)
    os.umask(0o077)
    CACHE.mkdir(mode=0o700, exist_ok=True)
    try:
        repository = Repository(CACHE)
        snapshots = repository.snapshots()
        snapshot = chosen(snapshots, instant(wanted.at, datetime.now().astimezone()))
        if wanted.list:
            print("\n".join(f"{each.says}{'  *' if each == snapshot else ''}" for each in snapshots))
            return 0
        kept = restored(repository, snapshot.id)
    except (BackupError, OSError) as error:
        syslog.syslog(syslog.LOG_WARNING, f"{who()}: {error}")
        print(f"restore-webmail: {error}", file=sys.stderr)
        return 1
    done = f"the webmail has what people kept in the backup of {snapshot.says}; what it had is {kept}"
    syslog.syslog(syslog.LOG_NOTICE, f"{who()}: {done}")
    print(done)
    return 0


def restored(repository: Repository, snapshot: str) -> Path:
    """Put it in its place; where what was there is now. Raises BackupError, with nothing changed."""
    scratch = Path(mkdtemp(dir=BASE.parent, prefix=".restore-"))
    try:
        repository.run("restore", "--no-lock", f"{snapshot}:{COPY.parent}", f"--target={scratch}")
        came = scratch / COPY.name
        sound(came)
        given(came)
        kept = replaced(came)
    finally:
        shutil.rmtree(scratch)
    # From here on this machine is the one that adds to the repository.
    note = STATE / "repository"
    write(note, f"{repository.identity()}\n")
    shutil.chown(note, ACCOUNT, ACCOUNT)
    return kept


def sound(base: Path) -> None:
    """Refuse what is no database, or a torn one."""
    try:
        with sqlite3.connect(f"file:{base}?mode=ro&immutable=1", uri=True) as asked:
            said = asked.execute("PRAGMA integrity_check").fetchone()[0]
            asked.execute("SELECT count(*) FROM users").fetchone()
    except sqlite3.Error as error:
        said = str(error)
    if said != "ok":
        raise BackupError(f"the database of that backup is not sound: {said}; choose another with --at")


def given(base: Path) -> None:
    """Make it the webmail's own: never what a link of the webmail, in whose folder it is, leads to."""
    owner = pwd.getpwnam(OWNER)
    opened = os.open(base, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fchown(opened, owner.pw_uid, owner.pw_gid)
        os.fchmod(opened, 0o600)
    finally:
        os.close(opened)


def replaced(came: Path) -> Path:
    """While the webmail is stopped, it takes the place of the one that is there."""
    kept = BASE.with_name(f"{BASE.name}.before-{time.strftime('%Y-%m-%dT%H-%M-%S')}")
    _systemctl("stop")
    try:
        for end in ("-wal", "-shm", ""):  # what is in its journal goes with it
            present = BASE.with_name(f"{BASE.name}{end}")
            if present.exists():
                present.rename(f"{kept}{end}")
        came.rename(BASE)
        os.sync()
    finally:
        _systemctl("start")
    return kept


def _systemctl(verb: str) -> None:
    done = subprocess.run(["systemctl", verb, UNIT], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"systemctl {verb} {UNIT}: {done.stderr.strip()}")
