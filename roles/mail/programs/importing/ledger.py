"""What came of an old mailbox, so that it comes once: whoever moved or deleted it since does not find it again."""

import fcntl
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLACE = Path("/var/lib/mail-import")
SCHEMA = """
CREATE TABLE IF NOT EXISTS folder (name TEXT PRIMARY KEY, validity INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS message (
    folder TEXT NOT NULL, uid INTEGER NOT NULL, key BLOB NOT NULL, flags TEXT NOT NULL,
    target TEXT NOT NULL, target_validity INTEGER NOT NULL, target_uid INTEGER NOT NULL,
    PRIMARY KEY (folder, uid)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trouble (
    folder TEXT NOT NULL, uid INTEGER NOT NULL, run TEXT NOT NULL, tries INTEGER NOT NULL, PRIMARY KEY (folder, uid)
);
"""


class BusyError(Exception):
    """Another run is at this mailbox."""


@dataclass(frozen=True)
class Row:
    """A message that came: what it was there, and where it was put."""

    folder: str
    uid: int
    key: bytes
    flags: frozenset[str]
    target: str
    target_validity: int
    target_uid: int


class Ledger:
    """The ledger of one mailbox. Who has it open is alone at it."""

    def __init__(self, address: str, place: Path = PLACE) -> None:
        self._lock = (place / f"{address}.lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(address) from None
        self._base = sqlite3.connect(place / f"{address}.sqlite", isolation_level=None)
        self._base.executescript(f"PRAGMA journal_mode = WAL; {SCHEMA}")

    def rows(self, folder: str, validity: int) -> dict[int, Row]:
        """What came of a folder, by its number there. One that was numbered anew has none of these."""
        known = self._base.execute("SELECT validity FROM folder WHERE name = ?", (folder,)).fetchone()
        if known and known[0] != validity:
            self._base.execute("DELETE FROM message WHERE folder = ?", (folder,))
        self._base.execute("REPLACE INTO folder VALUES (?, ?)", (folder, validity))
        found = self._base.execute(
            "SELECT folder, uid, key, flags, target, target_validity, target_uid FROM message WHERE folder = ?",
            (folder,),
        )
        return {row[1]: _row(row) for row in found}

    def gone(self, present: list[str]) -> list[Row]:
        """What came of folders that are not there any more."""
        found = self._base.execute(
            "SELECT folder, uid, key, flags, target, target_validity, target_uid FROM message"
            " WHERE folder NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(present),),
        )
        return [_row(row) for row in found]

    def numbers(self, target: str, validity: int) -> set[int]:
        """Of a folder of ours, the numbers of what came by us."""
        found = self._base.execute(
            "SELECT target_uid FROM message WHERE target = ? AND target_validity = ?", (target, validity)
        )
        return {row[0] for row in found}

    def keys(self) -> set[bytes]:
        """Of all that came."""
        return {row[0] for row in self._base.execute("SELECT DISTINCT key FROM message")}

    def note(self, row: Row) -> None:
        """It came."""
        self._base.execute(
            "REPLACE INTO message VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                row.folder,
                row.uid,
                row.key,
                " ".join(sorted(row.flags)),
                row.target,
                row.target_validity,
                row.target_uid,
            ),
        )

    def forget(self, row: Row) -> None:
        """It is elsewhere now, under another number."""
        self._base.execute("DELETE FROM message WHERE folder = ? AND uid = ?", (row.folder, row.uid))

    def tries(self, folder: str, run: str) -> dict[int, int]:
        """How often in this run the old server broke off when it was asked for a message."""
        found = self._base.execute("SELECT uid, tries FROM trouble WHERE folder = ? AND run = ?", (folder, run))
        return dict(found.fetchall())

    def trouble(self, folder: str, uids: list[int], run: str) -> None:
        """It broke off at one of these."""
        tries = self.tries(folder, run)
        rows = [(folder, uid, run, tries.get(uid, 0) + 1) for uid in uids]
        self._base.executemany("REPLACE INTO trouble VALUES (?, ?, ?, ?)", rows)


def _row(found: Any) -> Row:
    return Row(found[0], found[1], found[2], frozenset(found[3].split()), *found[4:])
