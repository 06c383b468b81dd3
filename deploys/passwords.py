"""The temporary passwords of the inventory's people: `make passwords [INSTITUTION=sante] [FORMAT=tsv]`.

Each is good for one thing: the first logon, which asks for another. A ministry's own are sealed to its DSI too
(recipients.yaml), who opens them with their own key: INSTITUTION=sante opens that file and no other.
"""

import argparse
import sys
from collections.abc import Iterator

from inventory.model import Administration, InventoryError, load
from inventory.model.messages import say
from inventory.model.validate import listed, near
from inventory.secrets import Secret, SecretError, Secrets, secrets_of


class UnknownInstitutionError(Exception):
    """There is no such institution; the message says which there are."""


def temporary_passwords(
    administration: Administration, store: Secrets, institution: str | None = None
) -> Iterator[tuple[str, str, Secret]]:
    """(login, institution, password) of the people present, of all institutions or of one.

    Raises UnknownInstitutionError, and SecretError where a password is missing or this key does not open its file.
    """
    known = administration.institutions
    if institution is not None and institution not in known:
        choices, hint = listed(known), near(institution, known)
        message = say("no_such", kind=say("institution"), value=institution, choices=choices, hint=hint)
        raise UnknownInstitutionError(message)
    for name in known if institution is None else [institution]:
        for person in known[name].present:
            yield person.login, name, store.get(f"institution-{name}", person.login)


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.passwords", description=__doc__)
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--institution", help="those of its people alone: all that its DSI may open")
    parser.add_argument("--format", choices=["table", "tsv"], default="table")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
        store = secrets_of(administration.environment)
        rows = list(temporary_passwords(administration, store, arguments.institution))
    except (InventoryError, SecretError, UnknownInstitutionError) as error:
        print(error, file=sys.stderr)
        return 1
    for login, institution, password in rows:
        if arguments.format == "tsv":
            print(login, institution, password.reveal(), sep="\t")
        else:
            print(f"{login:<22} {institution:<12}{password.reveal()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
