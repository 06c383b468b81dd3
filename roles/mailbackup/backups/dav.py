"""restore-dav: bring back a calendar or an address book as it was, and touch nothing else.

  restore-dav OWNER --list                            the backups, and what is in the last
  restore-dav OWNER --name agenda                     a copy beside it, "Agenda (2026-11-28 14h05)"
  restore-dav OWNER --name agenda --at 2d --in-place  what was lost or changed since, where it was; what is new stays

OWNER is an address, the id of a person, or a shared one as people.json names it (shared.mtdpce.calendar.conseil): that
one comes back in place, without --name. TIME of --at is 2026-11-28, "2026-11-28 14:05", or how long ago: 90m, 3h, 2d.
"""

import argparse
import fcntl
import json
import os
import pwd
import shutil
import sys
import syslog
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from .chosen import chosen, instant
from .repository import BackupError, Repository, Snapshot
from .restore import who

STORE, PEOPLE, OWNER = Path("/srv/dav"), Path("/etc/dav/people.json"), "dav"
PLACES = STORE / "collection-root"
LOCK = STORE / ".Radicale.lock"  # Radicale's own: while we write, it waits
SCRATCH = Path("/var/tmp")  # noqa: S108  # in it a folder of root's; what is restored is small
CACHE = Path("/var/cache/restore-mail")
PROPERTIES = ".Radicale.props"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="restore-dav", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("owner")
    parser.add_argument("--name", help="the calendar or the book, by its folder: agenda, contacts")
    parser.add_argument("--at", metavar="TIME", help="as it was then; by default, in the last backup")
    parser.add_argument("--in-place", action="store_true", help="each item where it was")
    parser.add_argument("--list", action="store_true", help="show what there is, restore nothing")
    wanted = parser.parse_args()
    if os.geteuid():
        print("restore-dav: only root restores", file=sys.stderr)
        return 1
    syslog.openlog("restore-dav", 0, syslog.LOG_MAIL)
    os.umask(0o077)
    CACHE.mkdir(mode=0o700, exist_ok=True)
    try:
        done = restored(wanted, Repository(CACHE))
    except (BackupError, OSError) as error:
        syslog.syslog(syslog.LOG_WARNING, f"{who()}: {wanted.owner}: {error}")
        print(f"restore-dav: {error}", file=sys.stderr)
        return 1
    if not wanted.list:
        syslog.syslog(syslog.LOG_NOTICE, f"{who()}: {done}")
    print(done)
    return 0


def restored(wanted: argparse.Namespace, repository: Repository) -> str:
    """Do it; what was done. Raises BackupError, with nothing put anywhere."""
    shared = wanted.owner.startswith("shared.")
    place = PLACES / "shared" if shared else PLACES / id_of(wanted.owner, json.loads(PEOPLE.read_text())["people"])
    name = wanted.owner if shared else wanted.name
    snapshots = repository.snapshots()
    snapshot = chosen(snapshots, instant(wanted.at, datetime.now().astimezone()))
    held = collections(repository, snapshot, place)
    if wanted.list:
        times = "\n".join(f"  {each.says}{'  *' if each == snapshot else ''}" for each in snapshots)
        inside = "\n".join(f"  {each}: {count}" for each, count in sorted(held.items()) if not shared or each == name)
        return f"backups:\n{times}\nin that of {snapshot.says}:\n{inside}"
    if name not in held:
        raise BackupError(f"--name {name}: not in the backup of {snapshot.says}; there are {', '.join(sorted(held))}")
    scratch = Path(mkdtemp(prefix="restore-dav-", dir=SCRATCH))
    try:
        repository.run("restore", "--no-lock", f"{snapshot.id}:{place / name}", f"--target={scratch / 'from'}")
        owner = pwd.getpwnam(OWNER)
        for path in (*scratch.rglob("*"), scratch):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
        with as_owner(), LOCK.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if shared or wanted.in_place:
                put, same = put_back(scratch / "from", place / name)
                return (
                    f"{wanted.owner} {name}: {put} items of the backup of {snapshot.says} put back, {same} were there"
                )
            copy, title = beside(scratch / "from", place, name, snapshot)
        return f"{wanted.owner} {name}: as in the backup of {snapshot.says} in '{title}' ({copy.name})"
    finally:
        shutil.rmtree(scratch)


@contextmanager
def as_owner() -> Iterator[None]:
    """Write as Radicale does: what root wrote among its folders could end where a link of it leads."""
    owner = pwd.getpwnam(OWNER)
    os.setgroups([])
    os.setegid(owner.pw_gid)
    os.seteuid(owner.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def id_of(owner: str, people: dict[str, dict[str, str]]) -> str:
    """The id of somebody, by address or by itself: what somebody left is restored too. Raises BackupError."""
    if "@" not in owner and (PLACES / owner).is_dir() and owner.isupper() and "/" not in owner:
        return owner
    try:
        return people[owner.lower()]["id"]
    except KeyError:
        raise BackupError(f"{owner}: nobody has this address") from None


def collections(repository: Repository, snapshot: Snapshot, place: Path) -> dict[str, int]:
    """What a backup holds of somebody's: the items of each collection. Raises BackupError where it holds nothing."""
    said = repository.run("ls", "--no-lock", "--json", "--recursive", snapshot.id, str(place))
    found: dict[str, int] = {}
    for line in said.splitlines():
        node = json.loads(line) if line.startswith("{") else {}
        path = Path(str(node.get("path", "/")))
        if node.get("struct_type") != "node" or not path.is_relative_to(place) or path == place:
            continue
        first, *rest = path.relative_to(place).parts
        found.setdefault(first, 0)
        found[first] += len(rest) == 1 and not rest[0].startswith(".")
    if not found:
        raise BackupError(f"the backup of {snapshot.says} holds nothing of it")
    return found


def put_back(source: Path, target: Path) -> tuple[int, int]:
    """Put what is missing or different where it was: how many, and how many were there as they are."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    put = same = 0
    for item in sorted(source.iterdir()):
        now = target / item.name
        if now.exists() and (item.name == PROPERTIES or now.read_bytes() == item.read_bytes()):
            same += not item.name.startswith(".")
            continue
        partial = target / f".Radicale.tmp-{item.name}"
        shutil.copyfile(item, partial)  # as of now: it is new to whoever has seen the calendar since
        partial.replace(now)
        put += not item.name.startswith(".")
    return put, same


def beside(source: Path, place: Path, name: str, snapshot: Snapshot) -> tuple[Path, str]:
    """Put a whole collection beside the present ones, under a name that says of when it is."""
    moment = snapshot.time.astimezone()
    copy = place / f"{name}-{moment:%Y%m%d-%H%M%S}"
    if copy.exists():
        raise BackupError(f"{copy.name} is there already")
    properties = source / PROPERTIES
    told = json.loads(properties.read_text()) if properties.exists() else {}
    title = f"{told.get('D:displayname', name)} ({moment:%Y-%m-%d %Hh%M})"
    properties.write_text(json.dumps({**told, "D:displayname": title}, sort_keys=True))
    place.mkdir(mode=0o700, exist_ok=True)
    partial = place / f".Radicale.tmp-{copy.name}"
    shutil.copytree(source, partial)
    partial.rename(copy)
    return copy, title
