"""Change the key that every Kerberos ticket is sealed with: `make krbtgt [END=1]`.

Once a year, as `make compliance` asks (krbtgt-age): tickets of the former key stay good, nobody notices. After an
intrusion END=1 changes it three times, since samba keeps two former keys (seen on 4.22): every ticket of the domain is
worthless then, forged ones too, and everybody logs in anew.
Exits 0, 1 where a controller does not answer or has not the new key, or the last change is too near.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deploys.controllers import NoAnswerError, ask
from inventory.model import Administration, InventoryError, load
from roles.directory.facts import PROGRAMS

LIFETIME = timedelta(hours=10)  # of a ticket
KEPT = 2  # former keys
PATIENCE = 120  # seconds until the other controllers have it

Ask = Callable[..., str]


class RefusedError(Exception):
    """What is in the way; the message is one line."""


@dataclass(frozen=True)
class Key:
    """Which key a controller seals tickets with, and since when."""

    number: int
    changed: datetime


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.krbtgt", description=__doc__)
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--end", action="store_true", help="end all tickets, after an intrusion")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
        for line in changed(administration, end=arguments.end):
            print(line)
    except (InventoryError, NoAnswerError, RefusedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def changed(
    administration: Administration,
    *,
    end: bool,
    asked: Ask = ask,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    wait: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Change the key on one controller, see it on all; what to say. Raises RefusedError, NoAnswerError."""
    names = [machine.name for machine in administration.running("directory")]
    before = {name: _key(administration, name, asked) for name in names}  # each must answer before anything changes
    if len({key.number for key in before.values()}) > 1:
        raise RefusedError(f"the controllers do not agree on the present key: {_numbers(before)}")
    last = before[names[0]]
    age = now() - last.changed
    if age < LIFETIME and not end:
        raise RefusedError(
            f"key {last.number} is {_hours(age)} old: tickets of the ones before it may live until it is 10 h old, "
            "and more changes would end them (END=1: end all, after an intrusion)"
        )
    for _ in range(KEPT + 1 if end else 1):
        new = _key(administration, names[0], asked, "change")
    for _ in range(PATIENCE):
        late = [name for name in names[1:] if _key(administration, name, asked).number != new.number]
        if not late:
            break
        wait(1)
    else:
        raise RefusedError(f"key {new.number} has not reached {', '.join(late)} after {PATIENCE} s: replication?")
    so = "all tickets have ended" if end else "tickets of the former key stay good"
    return [f"{', '.join(names)}: key {new.number} (was {last.number}, of {last.changed:%Y-%m-%d}); {so}"]


def _key(administration: Administration, name: str, asked: Ask, *verb: str) -> Key:
    answer = json.loads(asked(administration, name, PROGRAMS / "krbtgt.py", *verb))
    return Key(answer["number"], datetime.fromtimestamp(answer["changed"], UTC))


def _numbers(keys: dict[str, Key]) -> str:
    return ", ".join(f"{name} {key.number}" for name, key in keys.items())


def _hours(age: timedelta) -> str:
    hours, minutes = divmod(int(age.total_seconds()) // 60, 60)
    return f"{hours} h {minutes:02}"


if __name__ == "__main__":
    sys.exit(main())
