"""Check what a pull request may change: `python -m deploys.validate [--quiet] [--verbose]`.

One line a mistake; nothing is contacted, and no key is needed.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from inventory import codeowners, leaks, policies, sealing
from inventory.model import InventoryError, Problem
from inventory.model.load import HERE, environments, parse_each
from inventory.model.messages import either
from inventory.model.references import Parsed
from inventory.model.schema import schemas
from inventory.secrets import scopes


def main() -> int:
    options = argparse.ArgumentParser(prog="deploys.validate", description=__doc__)
    options.add_argument("--quiet", action="store_true", help="mistakes only")
    options.add_argument("--verbose", action="store_true", help="the time of each check")
    arguments = options.parse_args()
    found: dict[str, Parsed] = {}

    def read() -> Iterator[Problem]:
        try:
            found.update(parse_each(environments()))
        except InventoryError as error:
            yield from error.problems

    checks: dict[str, Callable[[], Iterator[Problem]]] = {
        "inventory": read,
        "policies": lambda: _policies(found),
        "schemas": _schemas,
        "CODEOWNERS": lambda: _codeowners(found),
        "secrets": lambda: _secrets(found),
        "leaks": lambda: leaks.check(HERE.parent),
    }
    problems: set[Problem] = set()
    started = time.perf_counter()
    for name, check in checks.items():
        begun = time.perf_counter()
        problems.update(check())
        if arguments.verbose:
            print(f"  {name:<12}{time.perf_counter() - begun:6.2f} s")
    for problem in sorted(problems):
        print(problem, file=sys.stderr)
    if not problems and not arguments.quiet:
        print(f"inventory: {_counts(found)}: valid ({time.perf_counter() - started:.2f} s)")
    return 1 if problems else 0


def _policies(found: dict[str, Parsed]) -> Iterator[Problem]:
    """What is valid by itself is also admitted. The policies are about what all environments share."""
    for parsed in list(found.values())[:1]:
        yield from policies.check(parsed)


def _schemas() -> Iterator[Problem]:
    """The editor's schemas say what the model says."""
    for path, text in schemas().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield _old(Path("inventory/schema", path.name), "make schema")


def _codeowners(found: dict[str, Parsed]) -> Iterator[Problem]:
    """The forge asks those whom the inventory names."""
    for parsed in list(found.values())[:1]:
        if not codeowners.is_current(parsed.administration()):
            yield _old(Path(codeowners.PATH.name), "make codeowners")


def _secrets(found: dict[str, Parsed]) -> Iterator[Problem]:
    """Every secret file that git keeps is sealed to those whom the rules name."""
    for parsed in found.values():
        folder = parsed.environment[1].secrets
        if HERE in folder.resolve().parents:
            yield from sealing.check(folder, scopes(parsed.administration()))


def _old(path: Path, mend: str) -> Problem:
    return Problem(path, 1, 1, either(f"plus à jour : lancer « {mend} »", f"not current: run `{mend}`"))


def _counts(found: dict[str, Parsed]) -> str:
    """How much there is of what."""
    parsed = next(iter(found.values()))
    people = sum(len(institution.people) for _, institution in parsed.institutions.values())
    sites, applications = len(parsed.sites), len(parsed.applications)
    return f"{len(parsed.institutions)} institutions, {people} people, {sites} sites, {applications} applications"


if __name__ == "__main__":
    sys.exit(main())
