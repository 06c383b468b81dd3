"""Whose an address is, and the lines that say so: `python -m deploys.explain 10.20.10.21 [--environment lab]`."""

import argparse
import sys
from ipaddress import IPv4Address

from inventory.explain import explain
from inventory.model import InventoryError
from inventory.model.load import parse
from inventory.model.messages import either
from inventory.model.problems import shorten


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.explain", description=__doc__)
    parser.add_argument("address", help="an IPv4 address")
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    arguments = parser.parse_args()
    shown = shorten(arguments.address)
    try:
        found = explain(parse(arguments.environment), IPv4Address(arguments.address.strip()))
    except InventoryError as error:
        print(error, file=sys.stderr)
        return 1
    except ValueError:
        print(either(f"« {shown} » n'est pas une adresse IPv4", f"'{shown}' is not an IPv4 address"), file=sys.stderr)
        return 1
    if not found:
        unknown = either(f"{shown} : l'inventaire ne la connaît pas", f"{shown}: the inventory does not know it")
        print(unknown, file=sys.stderr)
        return 1
    print(shown)
    for fact in found:
        print(f"  {fact}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
