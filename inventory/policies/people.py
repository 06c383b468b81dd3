"""People: their days are what they say."""

from collections.abc import Iterator
from datetime import UTC, datetime

from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.references import Parsed


def who_left_is_gone(parsed: Parsed) -> Iterator[Problem]:
    """`left` blocks at the next deploy, whatever its day: one that is still to come would block too early."""
    today = datetime.now(UTC).date().isoformat()
    for files, institution in parsed.institutions.values():
        for index, person in enumerate(institution.people):
            if person.left is not None and person.left > today:  # ISO 8601 sorts as days do
                yield files.problem(
                    ["people", index, "left"],
                    either(
                        f"« {person.login} » n'est pas encore partie ; jusqu'à ce jour, écrire "
                        f'until: "{person.left}"',
                        f"'{person.login}' has not left yet; until that day, write until: \"{person.left}\"",
                    ),
                )
