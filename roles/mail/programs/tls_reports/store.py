"""The sessions of a day, counted by domain and policy: names of servers and numbers, nothing of messages or people."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PLACE = Path("/var/lib/mail-reports/sessions.sqlite")
KEEP_DAYS = 7  # a report that cannot be handed over is tried so long
DETAILS = 100  # kinds of failures of a policy in a day: a server with a thousand names fills no disk
SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
    day TEXT, domain TEXT, policy TEXT, successes INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, domain, policy));
CREATE TABLE IF NOT EXISTS detail (
    day TEXT, domain TEXT, policy TEXT, detail TEXT, sessions INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, domain, policy, detail));
CREATE TABLE IF NOT EXISTS record (day TEXT, domain TEXT, record TEXT, PRIMARY KEY (day, domain));
"""


@dataclass
class Policy:
    """What was known of how a domain's servers prove themselves, and how sessions fared by it."""

    policy: dict[str, Any]
    successes: int
    failures: int
    details: list[tuple[dict[str, Any], int]] = field(default_factory=list)


class Store:
    """The counts, on disk."""

    def __init__(self, place: Path = PLACE) -> None:
        # Threads take turns (serialized); another process waits.
        self.base = sqlite3.connect(place, timeout=30, isolation_level=None, check_same_thread=False)
        self.base.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {SCHEMA}")

    def add(self, day: str, told: dict[str, Any]) -> None:
        """Count what Postfix tells of one delivery, or its server's part of it."""
        domain = str(told["d"]).lower()
        if "pr" in told:
            self.base.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (day, domain, str(told["pr"])))
        for each in told["policies"]:
            kept = ("policy-type", "policy-string", "policy-domain", "mx-host")
            policy = json.dumps({key: each[key] for key in kept if key in each}, sort_keys=True)
            key = (day, domain, policy)
            # Here and below, what is put into a statement is a name of this file; what others said are its values.
            column = "failures" if each["f"] else "successes"
            self.base.execute("INSERT OR IGNORE INTO session (day, domain, policy) VALUES (?, ?, ?)", key)
            self.base.execute(
                f"UPDATE session SET {column} = {column} + 1 WHERE day = ? AND domain = ? AND policy = ?",  # noqa: S608
                key,
            )
            for one in each.get("failure-details", []):
                self._detail(key, json.dumps(one, sort_keys=True))

    def _detail(self, key: tuple[str, str, str], detail: str) -> None:
        where = "day = ? AND domain = ? AND policy = ?"
        (kinds,) = self.base.execute(f"SELECT COUNT(*) FROM detail WHERE {where}", key).fetchone()  # noqa: S608
        if kinds < DETAILS:
            self.base.execute(
                "INSERT OR IGNORE INTO detail (day, domain, policy, detail) VALUES (?, ?, ?, ?)", (*key, detail)
            )
        self.base.execute(f"UPDATE detail SET sessions = sessions + 1 WHERE {where} AND detail = ?", (*key, detail))  # noqa: S608

    def waiting(self, before: str) -> list[tuple[str, str, str]]:
        """The day, domain and record of the DNS of each report that is to be made."""
        asked = self.base.execute(
            "SELECT DISTINCT day, domain, COALESCE(record, '') FROM session LEFT JOIN record USING (day, domain)"
            " WHERE day < ? ORDER BY day, domain",
            (before,),
        )
        return asked.fetchall()

    def of(self, day: str, domain: str) -> Iterator[Policy]:
        """What a domain's report of a day says."""
        rows = self.base.execute(
            "SELECT policy, successes, failures FROM session WHERE day = ? AND domain = ? ORDER BY policy",
            (day, domain),
        )
        for policy, successes, failures in rows.fetchall():
            details = self.base.execute(
                "SELECT detail, sessions FROM detail WHERE day = ? AND domain = ? AND policy = ? ORDER BY detail",
                (day, domain, policy),
            )
            yield Policy(json.loads(policy), successes, failures, [(json.loads(text), n) for text, n in details])

    def done(self, day: str, domain: str) -> None:
        """Forget what was told."""
        for table in ("session", "detail", "record"):
            self.base.execute(f"DELETE FROM {table} WHERE day = ? AND domain = ?", (day, domain))  # noqa: S608

    def forget(self, before: str) -> None:
        """What could not be told for days is told no more."""
        for table in ("session", "detail", "record"):
            self.base.execute(f"DELETE FROM {table} WHERE day < ?", (before,))  # noqa: S608
