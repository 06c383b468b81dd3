"""What a change means, in sentences: `python -m deploys.report --base origin/main`. Nothing is contacted.

The base is read from git's objects, the change from the work tree; both as typed models, never as text.
"""

import argparse
import os
import sys

from deploys.review.compare import compare
from deploys.review.content import BaseError, sides
from deploys.review.git import GitError, Objects
from deploys.review.phrases import BASE_DOES_NOT_LOAD
from deploys.review.sentences import Report
from deploys.review.words import phrase
from inventory.model import InventoryError


def report(base: str) -> Report:
    """The report of what differs from a revision. Raises GitError, BaseError or InventoryError."""
    both = sides(Objects().commit(base))
    return Report(compare(both.before, both.after), both.names, both.files)


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.report", description=__doc__)
    parser.add_argument("--base", default=os.environ.get("BASE") or "origin/main", help="the revision to compare with")
    arguments = parser.parse_args()
    try:
        print(report(arguments.base).text())
    except BaseError as error:
        print(phrase(BASE_DOES_NOT_LOAD, base=arguments.base, reason=str(error)), file=sys.stderr)
        return 1
    except (GitError, InventoryError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
