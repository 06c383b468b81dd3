"""The rules of sending, as the deploy wrote them: how far and how much each account may send."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REACHES = ("internal", "national", "international")  # each holds the one before it


@dataclass(frozen=True)
class Account:
    """What one account may send to the outside."""

    reach: str
    per_hour: int  # messages
    per_day: int
    recipients_per_message: int
    recipients_per_day: int
    held: int  # messages that may wait for an operator; what comes after them is refused


@dataclass(frozen=True)
class Rules:
    """Of all accounts. Mail to a domain of `inside` is free."""

    inside: frozenset[str]
    national: tuple[str, ...]
    accounts: Mapping[str, Account]
    told: Mapping[str, tuple[str, ...]]  # by domain, who hears of an account whose mail is held

    def distance(self, recipient: str) -> str:
        """How far away a recipient is."""
        domain = recipient.rpartition("@")[2].lower().rstrip(".")
        if domain in self.inside:
            return "internal"
        if any(domain == suffix or domain.endswith(f".{suffix}") for suffix in self.national):
            return "national"
        return "international"

    def reaches(self, account: str, recipient: str) -> bool:
        """Whether a recipient is within an account's reach."""
        return REACHES.index(self.distance(recipient)) <= REACHES.index(self.accounts[account].reach)


def read(path: Path) -> Rules:
    """The rules of a file; ValueError, KeyError or TypeError where it is none."""
    said = json.loads(path.read_text(encoding="utf-8"))
    accounts = {address: Account(**each) for address, each in said["accounts"].items()}
    for address, account in accounts.items():
        if account.reach not in REACHES:
            raise ValueError(f"{address}: the reach {account.reach!r} is none of {', '.join(REACHES)}")
    return Rules(
        inside=frozenset(said["inside"]),
        national=tuple(said["national"]),
        accounts=accounts,
        told={domain: tuple(each) for domain, each in said["told"].items()},
    )


class Current:
    """The rules of a file, read again when it was replaced: nothing is restarted for a new person."""

    def __init__(self, path: Path) -> None:
        self._path, self._seen, self._rules = path, 0, read(path)
        self._seen = self._changed()

    def __call__(self) -> Rules:
        changed = self._changed()
        if changed != self._seen:
            self._seen = changed
            try:
                self._rules = read(self._path)
            except (OSError, ValueError, KeyError, TypeError) as error:
                print(f"{self._path} is not read, the rules of before stay: {error}", flush=True)
        return self._rules

    def _changed(self) -> int:
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return self._seen
