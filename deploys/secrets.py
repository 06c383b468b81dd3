"""Generate the secrets that the inventory needs and lacks (`make secrets`), seal them anew, or set one."""

import argparse
import sys

from inventory.model import InventoryError, load
from inventory.secrets import SecretError, add_missing, secrets_of


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.secrets", description=__doc__)
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--set", nargs=2, metavar=("SCOPE", "KEY"), help="set this secret to what stdin holds")
    parser.add_argument("--rekey", action="store_true", help="seal all for those whom recipients.yaml names now")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
        store = secrets_of(administration.environment)
        if arguments.set:
            store.put(*arguments.set, sys.stdin.read())
            return 0
        if arguments.rekey:
            for name in store.rekey():
                print(f"  sealed anew: {name}")
            return 0
        for name in add_missing(administration):
            print(f"  generated: {name}")
    except (InventoryError, SecretError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
