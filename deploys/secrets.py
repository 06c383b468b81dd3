"""Generate the secrets that the inventory needs and that do not exist yet: `make secrets`."""

import argparse
import sys

from inventory.model import InventoryError, load
from inventory.secrets import SecretError, add_missing


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.secrets", description=__doc__)
    parser.add_argument("--environment", default="lab")
    arguments = parser.parse_args()
    try:
        for name in add_missing(load(arguments.environment)):
            print(f"  generated: {name}")
    except (InventoryError, SecretError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
