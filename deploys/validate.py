"""Check the inventory: `python -m deploys.validate [--quiet]`. One line a mistake; nothing is contacted."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from inventory.model import InventoryError, Problem
from inventory.model.load import environments, parse_each
from inventory.model.references import Parsed
from inventory.model.schema import schemas
from inventory.policies import check as policies


def main() -> int:
    started = time.perf_counter()
    problems: list[Problem] = []
    found: dict[str, Parsed] = {}
    try:
        found = parse_each(environments())
    except InventoryError as error:
        problems.extend(error.problems)
    for parsed in found.values():
        problems.extend(policies(parsed))
    problems.extend(schemas_are_current())
    for problem in sorted(set(problems)):
        print(problem, file=sys.stderr)
    if not problems and "--quiet" not in sys.argv:
        print(f"inventory: {counts(found)}: valid ({time.perf_counter() - started:.2f} s)")
    return 1 if problems else 0


def schemas_are_current() -> Iterator[Problem]:
    """The editor's schemas say what the model says."""
    for path, text in schemas().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield Problem(Path("inventory/schema", path.name), 1, 1, "not current: run `make schema`")


def counts(found: dict[str, Parsed]) -> str:
    """How much there is of what."""
    parsed = next(iter(found.values()))
    people = sum(len(institution.people) for _, institution in parsed.institutions.values())
    sites, applications = len(parsed.sites), len(parsed.applications)
    return f"{len(parsed.institutions)} institutions, {people} people, {sites} sites, {applications} applications"


if __name__ == "__main__":
    sys.exit(main())
