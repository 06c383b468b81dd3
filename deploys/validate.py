"""Check the inventory: `python -m deploys.validate [--quiet]`. One line a mistake; nothing is contacted."""

import sys
import time

from inventory.model import InventoryError, load
from inventory.model.load import HERE
from inventory.model.schema import schemas


def main() -> int:
    started = time.perf_counter()
    status = 0
    seen: set[str] = set()
    for path in sorted((HERE / "environments").glob("*.yaml")):
        try:
            administration = load(path.stem)
        except InventoryError as error:
            for problem in error.problems:
                if str(problem) not in seen:  # environments share everything but their own file
                    print(problem, file=sys.stderr)
                seen.add(str(problem))
            status = 1
    for path, text in schemas().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            print(f"inventory/schema/{path.name}:1:1: not current: run `make schema`", file=sys.stderr)
            status = 1
    if status == 0 and "--quiet" not in sys.argv:
        people = sum(1 for _ in administration.people())
        print(
            f"inventory: {len(administration.institutions)} institutions, {people} people, "
            f"{len(administration.sites)} sites, {len(administration.applications)} applications: "
            f"valid ({time.perf_counter() - started:.2f} s)"
        )
    return status


if __name__ == "__main__":
    sys.exit(main())
