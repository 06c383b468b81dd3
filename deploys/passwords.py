"""The temporary passwords of the inventory's people: `make passwords [FORMAT=tsv]`."""

import argparse
import sys

from inventory.model import InventoryError, load
from inventory.secrets import SecretError, secrets_of


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.passwords", description=__doc__)
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--format", choices=["table", "tsv"], default="table")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
        store = secrets_of(administration.environment)
        rows = [
            (person.login, institution.institution, store.get(f"institution-{institution.institution}", person.login))
            for institution, person in administration.people()
        ]
    except (InventoryError, SecretError) as error:
        print(error, file=sys.stderr)
        return 1
    for login, institution, password in rows:
        if arguments.format == "tsv":
            print(login, institution, password.reveal(), sep="\t")
        else:
            print(f"{login:<22}{institution:<12}{password.reveal()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
