"""Write CODEOWNERS anew from the inventory: `make codeowners`."""

import sys

from inventory.codeowners import PATH, codeowners
from inventory.model import InventoryError, load


def main() -> int:
    try:
        PATH.write_text(codeowners(load("production")), encoding="utf-8")
    except InventoryError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
