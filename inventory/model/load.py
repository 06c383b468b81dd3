"""Reading the inventory: YAML files in, one model out, or every mistake at once."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from inventory.model.administration import Administration
from inventory.model.application import Application
from inventory.model.base import Strict
from inventory.model.environment import Environment
from inventory.model.institution import Institution
from inventory.model.platform import Platform
from inventory.model.problems import InventoryError, Problem
from inventory.model.references import Parsed, check_file_name, check_references
from inventory.model.site import Site
from inventory.model.source import Source
from inventory.model.validate import validate

HERE = Path(__file__).resolve().parent.parent

T = TypeVar("T")
M = TypeVar("M", bound=Strict)


def load(environment: str, folder: Path = HERE) -> Administration:
    """The administration as it is in one environment.

    Raises InventoryError with the mistakes of all files: first what each file gets wrong by itself, and only
    when there is none, what the files say of each other.
    """
    problems: list[Problem] = []

    def collect(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except InventoryError as error:
            problems.extend(error.problems)
            return None

    def one(path: str, model: type[M]) -> tuple[Source, M] | None:
        return collect(partial(_read, folder / path, folder, model, None))

    def each(name: str, model: type[M], key: str) -> dict[str, tuple[Source, M]]:
        read = [collect(partial(_read, path, folder, model, key)) for path in sorted((folder / name).glob("*.yaml"))]
        return {getattr(model, key): (source, model) for source, model in filter(None, read)}

    platform = one("platform.yaml", Platform)
    place = one(f"environments/{environment}.yaml", Environment)
    institutions = each("institutions", Institution, "institution")
    sites = each("sites", Site, "site")
    applications = each("applications", Application, "application")
    if problems or platform is None or place is None:
        raise InventoryError(problems)

    parsed = Parsed(platform, place, institutions, sites, applications)
    problems.extend(check_references(parsed))
    if problems:
        raise InventoryError(problems)
    return Administration(
        environment=place[1],
        platform=platform[1],
        institutions={name: model for name, (_, model) in institutions.items()},
        sites={name: model for name, (_, model) in sites.items()},
        applications={name: model for name, (_, model) in applications.items()},
    )


def _read(path: Path, folder: Path, model: type[M], key: str | None) -> tuple[Source, M]:
    source = Source(path, shown_as=Path(folder.name) / path.relative_to(folder))
    found = validate(model, source)
    wrong_name = list(check_file_name(source, key, found)) if key else []
    if wrong_name:
        raise InventoryError(wrong_name)
    return source, found
