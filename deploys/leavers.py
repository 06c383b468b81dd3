"""Whose data are kept, and until when: `make leavers`. What is no longer kept is said, and removed by a person only."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from inventory.model import Administration, InventoryError, load
from inventory.model.institution import REFUSE


@dataclass(frozen=True)
class Leaver:
    """Somebody who left, and the last day on which their data are kept."""

    id: str
    login: str
    institution: str
    left: date
    kept_until: date
    mail: str  # the login that gets it, or REFUSE

    def over(self, today: date) -> bool:
        """Whether the time is over for which their institution keeps the data."""
        return today > self.kept_until


def leavers_of(administration: Administration) -> Iterator[Leaver]:
    """Everybody who left, who may be forgotten first before the others."""
    found = [
        Leaver(
            id=person.id,
            login=person.login,
            institution=institution.institution,
            left=(left := date.fromisoformat(person.left)),
            kept_until=left + timedelta(days=administration.retention_days(institution)),
            mail=person.mail_after or REFUSE,
        )
        for institution, person in administration.people()
        if person.left is not None
    ]
    yield from sorted(found, key=lambda leaver: (leaver.kept_until, leaver.login))


def table(leavers: list[Leaver], today: date) -> list[str]:
    """A line for each, or that there is nobody."""
    if not leavers:
        return ["nobody of the inventory has left"]
    lines = [f"{'person':<24}{'id':<17}{'institution':<14}{'left':<12}{'kept until':<12}mail"]
    for each in leavers:
        line = f"{each.login:<24}{each.id:<17}{each.institution:<14}{each.left!s:<12}{each.kept_until!s:<12}{each.mail}"
        lines.append(f"{line}  TIME IS OVER: roles/mail/README.md says how to remove it" if each.over(today) else line)
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.leavers", description=__doc__)
    parser.add_argument("--environment", default="lab")
    arguments = parser.parse_args()
    try:
        leavers = list(leavers_of(load(arguments.environment)))
    except InventoryError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(table(leavers, datetime.now(UTC).date())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
