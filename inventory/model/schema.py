"""The JSON Schema of each kind of file, for completion and help in the editor."""

import json
from pathlib import Path

from inventory.model.application import Application
from inventory.model.base import Strict
from inventory.model.environment import Environment
from inventory.model.institution import GroupsFile, InstitutionFile, PeopleFile, SharesFile
from inventory.model.load import HERE
from inventory.model.platform import Platform
from inventory.model.recipients import Recipients
from inventory.model.site import Site

KINDS: dict[str, type[Strict]] = {
    "application": Application,
    "environment": Environment,
    "groups": GroupsFile,
    "institution": InstitutionFile,
    "people": PeopleFile,
    "platform": Platform,
    "recipients": Recipients,
    "shares": SharesFile,
    "site": Site,
}


def schemas() -> dict[Path, str]:
    """The text of each schema file, by its path."""
    return {
        HERE / "schema" / f"{name}.json": json.dumps(model.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
        for name, model in KINDS.items()
    }


def main() -> None:
    for path, text in schemas().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
