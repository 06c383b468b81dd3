"""Reading the inventory: YAML files in, one model out, or every mistake at once."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from inventory.model.administration import Administration
from inventory.model.application import Application
from inventory.model.base import Strict
from inventory.model.environment import Environment
from inventory.model.institution import GroupsFile, Institution, InstitutionFile, PeopleFile, SharesFile
from inventory.model.messages import say
from inventory.model.platform import Platform
from inventory.model.problems import InventoryError, Problem
from inventory.model.references import Parsed, check_file_name, check_references
from inventory.model.site import Site
from inventory.model.source import Files, Source
from inventory.model.validate import near, validate

HERE = Path(__file__).resolve().parent.parent

# The files of an institution's folder.
INSTITUTION = "institution.yaml"
PARTS: dict[str, type[Strict]] = {
    INSTITUTION: InstitutionFile,
    "people.yaml": PeopleFile,
    "groups.yaml": GroupsFile,
    "shares.yaml": SharesFile,
}
OPTIONAL = ("groups.yaml", "shares.yaml")

T = TypeVar("T")
M = TypeVar("M", bound=Strict)


def load(environment: str, folder: Path = HERE) -> Administration:
    """The administration as it is in one environment. Raises InventoryError with the mistakes of all files."""
    return parse(environment, folder).administration()


def parse(environment: str, folder: Path = HERE) -> Parsed:
    """The same, with where each value stands: for policies.

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

    def one(path: str, model: type[M], key: str | None = None) -> tuple[Source, M] | None:
        return collect(partial(_read, folder / path, folder, model, key))

    def each(name: str, model: type[M], key: str) -> dict[str, tuple[Source, M]]:
        problems.extend(_unknown(folder / name, folder, lambda path: path.suffix == ".yaml", [], say("files_yaml")))
        read = [one(f"{name}/{path.name}", model, key) for path in sorted((folder / name).glob("*.yaml"))]
        return {getattr(model, key): (source, model) for source, model in filter(None, read)}

    def institution(path: str) -> tuple[Files, Institution] | None:
        problems.extend(_unknown(folder / path, folder, lambda file: file.name in PARTS, PARTS, ", ".join(PARTS)))
        read = [
            one(f"{path}/{name}", model, "institution" if name == INSTITUTION else None)
            for name, model in PARTS.items()
            if name not in OPTIONAL or (folder / path / name).exists()
        ]
        found = [part for part in read if part is not None]
        if len(found) < len(read):
            return None
        values = {key: value for _, part in found for key, value in part}
        sources = [source for source, _ in found]
        return Files(sources[0], sources[1:]), Institution(**{"groups": {}, "shares": {}, **values})

    def each_institution() -> dict[str, tuple[Files, Institution]]:
        top = folder / "institutions"
        problems.extend(_unknown(top, folder, Path.is_dir, [], say("folders")))
        read = [institution(f"institutions/{path.name}") for path in sorted(top.glob("[!.]*/"))]
        return {model.institution: (files, model) for files, model in filter(None, read)}

    platform = one("platform.yaml", Platform)
    place = one(f"environments/{environment}.yaml", Environment)
    institutions = each_institution()
    sites = each("sites", Site, "site")
    applications = each("applications", Application, "application")
    if problems or platform is None or place is None:
        raise InventoryError(problems)

    parsed = Parsed(platform, place, institutions, sites, applications)
    problems.extend(check_references(parsed))
    if problems:
        raise InventoryError(problems)
    return parsed


def _read(path: Path, folder: Path, model: type[M], key: str | None) -> tuple[Source, M]:
    source = Source(path, shown_as=_shown(path, folder))
    found = validate(model, source)
    wrong_name = list(check_file_name(source, key, found)) if key else []
    if wrong_name:
        raise InventoryError(wrong_name)
    return source, found


def _unknown(
    place: Path, folder: Path, known: Callable[[Path], bool], names: Iterable[str], allowed: str
) -> Iterator[Problem]:
    """What is in a folder and is read by nobody: a typing mistake must never be ignored in silence."""
    for path in sorted(place.iterdir()):
        if not path.name.startswith(".") and not known(path):
            message = say("unknown_file", value=path.name, allowed=allowed, hint=near(path.name, list(names)))
            yield Problem(_shown(path, folder), 1, 1, message)


def _shown(path: Path, folder: Path) -> Path:
    return Path(folder.name) / path.relative_to(folder)
