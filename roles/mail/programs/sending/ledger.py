"""What was sent and what is held, on the disk: a restart forgets nothing."""

import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from .rules import Account

PLACE = Path("/var/lib/mail-sending/ledger.sqlite")
HOUR, DAY = 3600, 86400

# `named`: the outside recipients of a message that is on its way in; `apart`: of one that goes on in parts.
TABLES = """
CREATE TABLE IF NOT EXISTS sent (account TEXT, at REAL, recipients INTEGER);
CREATE INDEX IF NOT EXISTS sent_by ON sent (account, at);
CREATE TABLE IF NOT EXISTS named (message TEXT, recipient TEXT, at REAL);
CREATE INDEX IF NOT EXISTS named_by ON named (message);
CREATE TABLE IF NOT EXISTS apart (sender TEXT, recipient TEXT, account TEXT, at REAL);
CREATE TABLE IF NOT EXISTS held (queue_id TEXT PRIMARY KEY, account TEXT, at REAL);
CREATE TABLE IF NOT EXISTS notices (account TEXT PRIMARY KEY, limit_name TEXT, at REAL, told INTEGER);
"""


class Ledger:
    """Counts that slide: an hour is the last sixty minutes, a day the last 24 hours."""

    def __init__(self, place: Path = PLACE, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._base = sqlite3.connect(place, timeout=10, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        # What a process wrote outlives it; a power cut may lose the last moments, which only gives somebody a message.
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.executescript(TABLES)

    @contextmanager
    def _together(self) -> Iterator[None]:
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    def name(self, message: str, recipient: str) -> None:
        """A message that is on its way in names a recipient outside."""
        self._base.execute("INSERT INTO named VALUES (?, ?, ?)", (message, recipient, self._now()))

    def named(self, message: str) -> list[str]:
        rows = self._base.execute("SELECT recipient FROM named WHERE message = ?", (message,))
        return [recipient for (recipient,) in rows]

    def passed(self, account: str, allowed: Account, recipients: int) -> str:
        """Which limit one more message would pass: "" if none."""
        now = self._now()
        ask = "SELECT count(*), coalesce(sum(recipients), 0) FROM sent WHERE account = ? AND at > ?"
        hour, _ = self._base.execute(ask, (account, now - HOUR)).fetchone()
        day, reached = self._base.execute(ask, (account, now - DAY)).fetchone()
        if hour + 1 > allowed.per_hour:
            return "per_hour"
        if day + 1 > allowed.per_day:
            return "per_day"
        return "recipients_per_day" if reached + recipients > allowed.recipients_per_day else ""

    def send(self, account: str, message: str, recipients: int) -> None:
        """It goes out, and counts."""
        with self._together():
            self._base.execute("INSERT INTO sent VALUES (?, ?, ?)", (account, self._now(), recipients))
            self._base.execute("DELETE FROM named WHERE message = ?", (message,))

    def sent(self, account: str) -> int:
        """The messages of the last day."""
        ask = "SELECT count(*) FROM sent WHERE account = ? AND at > ?"
        return int(self._base.execute(ask, (account, self._now() - DAY)).fetchone()[0])

    def hold(self, account: str, queue_id: str, message: str, limit_name: str) -> None:
        """It waits."""
        with self._together():
            self._begin(account, limit_name)
            self._base.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", (queue_id, account, self._now()))
            self._base.execute("DELETE FROM named WHERE message = ?", (message,))

    def _begin(self, account: str, limit_name: str) -> None:
        """The first message of an account that waits begins a period: its people are told once in it."""
        if not self.held(account):
            row = (account, limit_name, self._now(), 0)
            self._base.execute("INSERT OR REPLACE INTO notices VALUES (?, ?, ?, ?)", row)

    def part(self, account: str, sender: str, message: str, limit_name: str) -> None:
        """It goes on in parts, one for each recipient: what is for the outside is held when it comes."""
        with self._together():
            self._begin(account, limit_name)
            for recipient in self.named(message):
                row = (sender, recipient, account, self._now())
                self._base.execute("INSERT INTO apart VALUES (?, ?, ?, ?)", row)
            self._base.execute("DELETE FROM named WHERE message = ?", (message,))

    def owner_of_part(self, sender: str, recipient: str) -> str | None:
        """Who sent a part of a message."""
        ask = "SELECT account FROM apart WHERE sender = ? AND recipient = ? ORDER BY at LIMIT 1"
        row = self._base.execute(ask, (sender, recipient)).fetchone()
        return str(row[0]) if row else None

    def came(self, sender: str, recipient: str) -> None:
        """The oldest such part has come."""
        which = "SELECT rowid FROM apart WHERE sender = ? AND recipient = ? ORDER BY at LIMIT 1"
        self._base.execute(f"DELETE FROM apart WHERE rowid IN ({which})", (sender, recipient))  # noqa: S608  # ours

    def held(self, account: str) -> int:
        """How many messages wait, or are on their way there."""
        waiting = self._base.execute("SELECT count(*) FROM held WHERE account = ?", (account,)).fetchone()[0]
        coming = self._base.execute("SELECT count(*) FROM apart WHERE account = ?", (account,)).fetchone()[0]
        return int(waiting) + int(coming)

    def holders(self) -> dict[str, str]:
        """The account of each message that waits."""
        return dict(self._base.execute("SELECT queue_id, account FROM held"))

    def keep(self, queue_ids: Collection[str], before: float) -> None:
        """Of what was held before a moment, forget what Postfix no longer holds: somebody released or removed it."""
        rows = self._base.execute("SELECT queue_id FROM held WHERE at < ?", (before,)).fetchall()
        gone = [row for row in rows if row[0] not in queue_ids]
        self._base.executemany("DELETE FROM held WHERE queue_id = ?", gone)

    def drop(self, queue_ids: Collection[str]) -> None:
        """These wait no more."""
        self._base.executemany("DELETE FROM held WHERE queue_id = ?", [(each,) for each in queue_ids])

    def untold(self) -> list[tuple[str, str]]:
        """The accounts whose people are to be told, and the limit that was passed."""
        return list(self._base.execute("SELECT account, limit_name FROM notices WHERE told = 0"))

    def tell(self, account: str) -> None:
        self._base.execute("UPDATE notices SET told = 1 WHERE account = ?", (account,))

    def forgive(self, account: str) -> None:
        """What an account has sent counts no more."""
        self._base.execute("DELETE FROM sent WHERE account = ?", (account,))

    def forget(self) -> None:
        """What no limit looks at any more; parts that never came; the names of messages that never came whole."""
        for table, age in (("sent", 2 * DAY), ("apart", 2 * DAY), ("named", 6 * HOUR)):
            self._base.execute(f"DELETE FROM {table} WHERE at < ?", (self._now() - age,))  # noqa: S608  # ours

    def close(self) -> None:
        self._base.close()
