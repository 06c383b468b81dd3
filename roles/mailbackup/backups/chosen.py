"""Which backup, what is in it, and where each folder of it goes."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from .mailboxes import INBOX, folder_of
from .repository import BackupError, Repository, Snapshot

AGO = re.compile(r"(\d{1,5})([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass
class Folder:
    """A folder in a backup."""

    name: str
    messages: int = 0
    size: int = 0

    def __str__(self) -> str:
        return f"{self.name}: {self.messages}"


def instant(text: str | None, now: datetime) -> datetime:
    """The last moment that a person means: a day is its end, a minute and a second too. Raises BackupError."""
    if text is None:
        return now
    if ago := AGO.fullmatch(text.strip()):
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BackupError(f"--at {text}: not a time; 2026-11-28, '2026-11-28 14:05', 90m, 3h or 2d") from None
    if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text.strip()):
        at += timedelta(days=1, microseconds=-1)
    elif not at.microsecond:
        at += timedelta(minutes=0 if at.second else 1, seconds=1 if at.second else 0, microseconds=-1)
    return at if at.tzinfo else at.astimezone()


def chosen(snapshots: list[Snapshot], at: datetime) -> Snapshot:
    """The last backup made by then; they are in their order. Raises BackupError."""
    if not snapshots:
        raise BackupError("there is no backup yet")
    before = [snapshot for snapshot in snapshots if snapshot.time <= at]
    if not before:
        raise BackupError(f"no backup of then: the oldest is of {snapshots[0].says}")
    return before[-1]


def listed(repository: Repository, snapshot: Snapshot, maildir: Path) -> dict[str, Folder]:
    """The folders of a mailbox in a backup, by name. Raises BackupError where it holds no such mailbox."""
    said = repository.run("ls", "--no-lock", "--json", "--recursive", snapshot.id, str(maildir))
    nodes = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return folders_of([node for node in nodes if node.get("struct_type") == "node"], maildir, snapshot)


def folders_of(nodes: Iterable[dict[str, object]], maildir: Path, snapshot: Snapshot) -> dict[str, Folder]:
    """The folders among what a backup holds of a Maildir."""
    found: dict[str, Folder] = {}
    for node in nodes:
        path = Path(str(node["path"]))
        if not path.is_relative_to(maildir):
            continue
        *above, last = path.relative_to(maildir).parts or ("",)
        if last in ("cur", "new") and node["type"] == "dir":
            name = folder_of(above[0] if above else "")
            found.setdefault(name, Folder(name))
        elif above and above[-1] in ("cur", "new") and node["type"] == "file":
            folder = found.setdefault(name := folder_of(above[0] if len(above) > 1 else ""), Folder(name))
            folder.messages += 1
            folder.size += int(str(node.get("size", 0)))
    if not found:
        raise BackupError(f"the backup of {snapshot.says} holds no such mailbox")
    return found


def targets(folders: set[str], into: str, root: str | None, one_message: bool, in_place: bool) -> dict[str, str]:
    """Where the content of each folder goes."""
    if in_place:
        return {folder: folder for folder in folders}
    if one_message:
        return dict.fromkeys(folders, into)
    above = root.strip("/") if root else INBOX
    return {folder: _below(folder, above, into, whole=root is None) for folder in folders}


def _below(folder: str, above: str, into: str, whole: bool) -> str:
    if folder == above or folder.upper() == above.upper() == INBOX:
        return into
    return f"{into}/{folder}" if whole else f"{into}/{folder.removeprefix(f'{above}/')}"
