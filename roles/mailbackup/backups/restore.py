"""restore-mail: bring back a message, a folder or a mailbox as it was, and touch nothing else.

  restore-mail ADDRESS --list                        the backups, and the folders of the last
  restore-mail ADDRESS --folder INBOX --list         the messages of a folder, each with its MESSAGE-ID
  restore-mail ADDRESS --message '<id>' --in-place   one message, in the folder where it was
  restore-mail ADDRESS --folder Projets --at 2d      a folder with those below it, as two days ago
  restore-mail ADDRESS                               a whole mailbox, into "Restauré <date>"
  restore-mail --all                                 the mail of a lost machine, on the one that replaces it

TIME is 2026-11-28, "2026-11-28 14:05", or how long ago: 90m, 3h, 2d. What is there already is not restored twice.
"""

import argparse
import os
import pwd
import shutil
import sys
import syslog
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from .chosen import Folder, chosen, instant, listed, targets
from .mailboxes import INBOX, Mailbox, Message, give, move, on_disk
from .repository import BackupError, Repository, Snapshot
from .whole import bring_back

CACHE = Path("/var/cache/restore-mail")
SCRATCH = Path("/srv/mail/.restore")  # as large as what is restored; no backup takes it
OWNER = "vmail"
RECOVERABLE = "Récupérables"  # a folder that only time empties, and that nothing is put into
RESTORED = "Restauré "
AT_ONCE = 1000  # messages: how often progress is told
Say = Callable[[str], None]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="restore-mail", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address", nargs="?", help="whose mailbox")
    parser.add_argument("--at", metavar="TIME", help="as it was then; by default, in the last backup")
    parser.add_argument("--folder", metavar="F", help="that folder, with those below it")
    parser.add_argument("--message", metavar="MESSAGE-ID", help="that message")
    parser.add_argument("--into", metavar="FOLDER", help="where to; by default 'Restauré <date of the backup>'")
    parser.add_argument("--in-place", action="store_true", help="each message in the folder where it was")
    parser.add_argument("--list", action="store_true", help="show what there is, restore nothing")
    parser.add_argument("--all", action="store_true", help="the files of every mailbox; dovecot and postfix stopped")
    parser.add_argument("--target", metavar="DIRECTORY", help="--all: into an empty directory, to look at")
    parser.add_argument("-v", "--verbose", action="store_true", help="say how far it is")
    wanted = parser.parse_args()
    if os.geteuid():
        return _mistake("only root restores mail")
    syslog.openlog("restore-mail", 0, syslog.LOG_MAIL)
    os.umask(0o077)
    CACHE.mkdir(mode=0o700, exist_ok=True)
    started = time.monotonic()

    def say(text: str) -> None:
        if wanted.verbose:
            print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    try:
        check(wanted)
        done = restored(wanted, Repository(CACHE), say) if not wanted.all else everything(wanted, Repository(CACHE))
    except (BackupError, OSError) as error:
        syslog.syslog(syslog.LOG_WARNING, f"{who()}: {wanted.address or 'all mail'}: {error}")
        return _mistake(str(error))
    if not wanted.list:
        syslog.syslog(syslog.LOG_NOTICE, f"{who()}: {done}")
    print(done)
    return 0


def check(wanted: argparse.Namespace) -> None:
    """Refuse what does not go together."""
    narrowed = wanted.folder or wanted.message or wanted.into or wanted.in_place or wanted.list
    if wanted.all and (wanted.address or narrowed):
        raise BackupError("--all is all: it takes --at and --target alone")
    if wanted.target and not wanted.all:
        raise BackupError("--target is for --all")
    if not wanted.all and not wanted.address:
        raise BackupError("whose mailbox? restore-mail ADDRESS, or --all")
    if wanted.into and wanted.in_place:
        raise BackupError("--into and --in-place: one of them")
    if wanted.into and (wanted.into == RECOVERABLE or "." in wanted.into or wanted.into.strip("/") != wanted.into):
        raise BackupError(f"--into {wanted.into}: no such folder can be made")
    if wanted.into == INBOX and not (wanted.folder or wanted.message):
        raise BackupError("--into INBOX is for a folder or a message; for a whole mailbox: --in-place")


def everything(wanted: argparse.Namespace, repository: Repository) -> str:
    """The files of all mail."""
    snapshot = chosen(repository.snapshots(), instant(wanted.at, datetime.now().astimezone()))
    return bring_back(repository, snapshot, Path(wanted.target) if wanted.target else None)


def restored(wanted: argparse.Namespace, repository: Repository, say: Say) -> str:
    """Do it; what was done. Raises BackupError, with nothing put anywhere."""
    mailbox = Mailbox(wanted.address.lower())
    maildir = mailbox.home() / "Maildir"
    snapshots = repository.snapshots()
    snapshot = chosen(snapshots, instant(wanted.at, datetime.now().astimezone()))
    folders = listed(repository, snapshot, maildir)
    say(f"backup of {snapshot.says}: {len(folders)} folders")
    if wanted.list and not wanted.folder:
        return shown(snapshots, snapshot, folders)
    names = narrowed(list(folders), wanted)
    size = sum(folders[name].size for name in names)
    SCRATCH.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(SCRATCH, OWNER, OWNER)
    if 2 * size > shutil.disk_usage(SCRATCH).free:
        raise BackupError(f"{mib(size)} to restore, and the disk has no room for it and a copy")
    scratch = Path(mkdtemp(dir=SCRATCH))
    try:
        bring(repository, snapshot, maildir, names, scratch / "from")
        say(f"{mib(size)} fetched")
        found = select(Mailbox(mailbox.address, scratch / "from").messages(names, describe=wanted.list), wanted)
        if wanted.list:
            return "\n".join(f"{message.id or '(no id)'}  {message.about}" for message in found)
        return put(mailbox, found, wanted, snapshot, scratch, say)
    finally:
        shutil.rmtree(scratch)


def shown(snapshots: list[Snapshot], snapshot: Snapshot, folders: dict[str, Folder]) -> str:
    """The backups that there are, and what is in one."""
    times = "\n".join(f"  {each.says}{'  *' if each == snapshot else ''}" for each in snapshots)
    inside = "\n".join(f"  {entry}" for entry in folders.values())
    return f"backups:\n{times}\nin that of {snapshot.says}:\n{inside}"


def narrowed(folders: list[str], wanted: argparse.Namespace) -> list[str]:
    """The folders that are asked for."""
    if wanted.folder:
        name = INBOX if wanted.folder.upper() == INBOX else wanted.folder.strip("/")
        found = [each for each in folders if each == name or each.startswith(f"{name}/")]
        if not found:
            raise BackupError(f"{wanted.folder}: no such folder in that backup; there are {', '.join(sorted(folders))}")
        return found
    if wanted.message:  # what was deleted for good comes last
        return sorted(folders, key=lambda each: each == RECOVERABLE)
    # A restore does not restore the ones before it.
    return [each for each in folders if each != RECOVERABLE and (wanted.in_place or not each.startswith(RESTORED))]


def bring(repository: Repository, snapshot: Snapshot, maildir: Path, folders: Iterable[str], into: Path) -> None:
    """Fetch folders from a backup, without their indexes."""
    into.mkdir()
    included = []
    for folder in folders:
        place = f"/{escaped(on_disk(folder))}" if folder != INBOX else ""
        included += [f"--include={place}/{name}" for name in ("cur", "new", "dovecot-uidlist", "dovecot-keywords")]
    repository.run("restore", "--no-lock", f"{snapshot.id}:{maildir}", f"--target={into}", *included)
    for folder in folders:
        for name in ("cur", "new", "tmp"):
            (into / on_disk(folder) / name).mkdir(parents=True, exist_ok=True)
    give(into.parent, OWNER)


def select(messages: Iterable[Message], wanted: argparse.Namespace) -> list[Message]:
    """The messages that are asked for."""
    found = list(messages)
    if not wanted.message:
        return found
    bare = wanted.message.strip().strip("<>")
    matching = [message for message in found if message.id.strip("<>") == bare]
    if not matching:
        raise BackupError(f"{wanted.message}: no such message in that backup; `--folder F --list` shows those of one")
    return [message for message in matching if message.folder == matching[0].folder]


def put(
    mailbox: Mailbox, found: list[Message], wanted: argparse.Namespace, snapshot: Snapshot, scratch: Path, say: Say
) -> str:
    """Put into the mailbox what it does not hold yet."""
    into = wanted.into or f"{RESTORED}{snapshot.time.astimezone():%Y-%m-%d %Hh%M}"
    goes = targets({message.folder for message in found}, into, wanted.folder, bool(wanted.message), wanted.in_place)
    there = mailbox.folders()
    held: dict[str, set[str]] = {target: set() for target in goes.values()}
    for message in mailbox.messages(sorted(held.keys() & there)):
        held[message.folder] |= message.keys
    new = [message for message in found if not message.keys & held[goes[message.folder]]]
    free, size = mailbox.free(), sum(message.size for message in new)
    if free is not None and size > free:
        raise BackupError(f"{mib(size)} to restore and room for {mib(max(free, 0))}: nothing was restored (quotas_gib)")
    for source, target in sorted(goes.items()):
        uids = sorted(message.uid for message in new if message.folder == source)
        if not uids:
            continue
        move(scratch / "from" / on_disk(source), scratch / "to" / on_disk(target))
        give(scratch / "to", OWNER)
        for first in range(0, len(uids), AT_ONCE):
            mailbox.take(scratch / "to", target, uids[first : first + AT_ONCE])
            say(f"{target}: {min(first + AT_ONCE, len(uids))} of {len(uids)}")
    verify(mailbox, new, goes)
    where = "where they were" if wanted.in_place else f"into '{into}'"
    return (
        f"{mailbox.address}: {len(new)} messages ({mib(size)}) of the backup of {snapshot.says} restored {where},"
        f" {len(found) - len(new)} were there"
    )


def verify(mailbox: Mailbox, new: list[Message], goes: dict[str, str]) -> None:
    """Ensure that all of it arrived."""
    folders = {goes[message.folder] for message in new}
    now: dict[str, set[str]] = {folder: set() for folder in folders}
    for message in mailbox.messages(sorted(folders)):
        now[message.folder] |= message.keys
    if lost := [message for message in new if not message.keys & now[goes[message.folder]]]:
        raise BackupError(f"{len(lost)} of {len(new)} messages did not arrive; run it again")


def who() -> str:
    """The person behind root, as far as the machine knows."""
    name = os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name
    address = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
    return f"{name} from {address}" if address else name


def escaped(name: str) -> str:
    """A name as a pattern that matches nothing else."""
    return "".join(f"\\{letter}" if letter in "*?[]\\" else letter for letter in name)


def mib(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"


def _mistake(text: str) -> int:
    print(f"restore-mail: {text}", file=sys.stderr)
    return 1
