"""Reading the inventory: YAML files in, one model out, or every mistake at once."""

import re
from collections.abc import Callable, Collection, Iterable
from itertools import islice
from pathlib import Path
from typing import TypeVar

from inventory.model.administration import Administration
from inventory.model.application import Application
from inventory.model.base import Strict
from inventory.model.derive import derive
from inventory.model.environment import Environment
from inventory.model.institution import GroupsFile, Institution, InstitutionFile, MailFile, PeopleFile, SharesFile
from inventory.model.messages import say
from inventory.model.platform import Platform
from inventory.model.problems import InventoryError, Problem, shorten
from inventory.model.references import (
    Parsed,
    check_environment,
    check_file_name,
    check_platform,
    check_references,
)
from inventory.model.site import Site
from inventory.model.site_file import SiteFile
from inventory.model.source import Files, Source
from inventory.model.validate import MOST_SHOWN, example, listed, near, validate
from inventory.model.written import Written

HERE = Path(__file__).resolve().parent.parent

# The files of an institution's folder.
INSTITUTION = "institution.yaml"
PARTS: dict[str, type[Strict]] = {
    INSTITUTION: InstitutionFile,
    "people.yaml": PeopleFile,
    "groups.yaml": GroupsFile,
    "shares.yaml": SharesFile,
    "mail.yaml": MailFile,
}
OPTIONAL = ("groups.yaml", "shares.yaml", "mail.yaml")
NOT_PRINTED = re.compile("[^ -~\xa0-\ud7ff\ue000-\uffff]")  # in the name of a file

M = TypeVar("M", bound=Strict)


def load(environment: str, folder: Path = HERE) -> Administration:
    """The administration as it is in one environment. Raises InventoryError with the mistakes of all files."""
    return parse(environment, folder).administration()


def parse(environment: str, folder: Path = HERE) -> Parsed:
    """The same, with where each value stands: for policies."""
    return parse_each([environment], folder)[environment]


def environments(folder: Path = HERE) -> list[str]:
    """The names of the environments."""
    return sorted(path.stem for path in (folder / "environments").glob("*.yaml"))


def parse_each(wanted: Iterable[str], folder: Path = HERE) -> dict[str, Parsed]:
    """The administration in several environments; what they share is read and checked once.

    Raises InventoryError with the mistakes of all files: first what each file gets wrong by itself, and only
    when there is none, what the files say of each other.
    """
    reading = _Reading(folder)
    platform = reading.one("platform.yaml", Platform)
    places = {name: reading.environment(name) for name in wanted}
    institutions = reading.institutions()
    written = reading.each("sites", SiteFile, "site")
    applications = reading.each("applications", Application, "application")
    if reading.problems or platform is None:
        raise InventoryError(reading.problems)
    sites = _whole(written, platform)

    found = {
        name: Parsed(platform, place, institutions, sites, applications)
        for name, place in places.items()
        if place is not None
    }
    problems: list[Problem] = []
    for parsed in islice(found.values(), 1):
        problems.extend(islice(check_references(parsed, environments(folder)), MOST_SHOWN))
    if len(problems) == MOST_SHOWN:
        last = max(problems)
        problems.append(Problem(last.file, last.line, last.column + 1, say("more_elsewhere")))
    for parsed in found.values():
        problems.extend(check_environment(parsed))
    if problems:
        raise InventoryError(problems)
    return found


def _whole(
    written: dict[str, tuple[Source, SiteFile]], platform: tuple[Source, Platform]
) -> dict[str, tuple[Source, Site]]:
    """What follows from the files of the sites. Raises InventoryError with everything that does not."""
    problems = list(check_platform(*platform))
    if problems:
        raise InventoryError(problems)
    found: dict[str, tuple[Source, Site]] = {}
    for name, (source, file) in written.items():
        try:
            found[name] = (Written(source), derive(source, file, platform[1]))
        except InventoryError as error:
            problems.extend(error.problems)
    if problems:
        raise InventoryError(problems)
    return found


class _Reading:
    """Reads files of one inventory, and gathers the mistakes of each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def one(self, path: str, model: type[M], key: str | None = None) -> tuple[Source, M] | None:
        """A file, with the key that holds its name; None where it has a mistake."""
        try:
            source = Source(self.folder / path, self._shown(path))
            found = validate(model, source)
            self.problems.extend(check_file_name(source, key, found) if key else ())
        except InventoryError as error:
            self.problems.extend(error.problems)
            return None
        return source, found

    def each(self, name: str, model: type[M], key: str) -> dict[str, tuple[Source, M]]:
        """Every file of a folder, by its identifier."""
        names = self._names(name, _is_yaml, [], say("files_yaml"))
        read = [self.one(f"{name}/{file}", model, key) for file in names]
        return {getattr(model, key): (source, model) for source, model in filter(None, read)}

    def environment(self, name: str) -> tuple[Source, Environment] | None:
        known = [Path(file).stem for file in self._names("environments", _is_yaml, [], say("files_yaml"))]
        if name in known:
            return self.one(f"environments/{name}.yaml", Environment, "environment")
        message = say(
            "no_such", kind=say("environment"), value=shorten(name), choices=listed(known), hint=near(name, known)
        )
        self.problems.append(Problem(self._shown("environments"), 1, 1, message))
        return None

    def institutions(self) -> dict[str, tuple[Files, Institution]]:
        """Every institution, by its identifier."""
        names = self._names("institutions", Path.is_dir, [], say("folders"))
        read = [self._institution(f"institutions/{name}") for name in names]
        return {model.institution: (files, model) for files, model in filter(None, read)}

    def _institution(self, path: str) -> tuple[Files, Institution] | None:
        present = self._names(path, lambda file: file.name in PARTS, PARTS, ", ".join(PARTS))
        for name in PARTS:
            if name not in present and name not in OPTIONAL:
                message = say("no_such_file", example=example(PARTS[name], ()))
                self.problems.append(Problem(self._shown(f"{path}/{name}"), 1, 1, message))
        read = [
            self.one(f"{path}/{name}", model, "institution" if name == INSTITUTION else None)
            for name, model in PARTS.items()
            if name in present
        ]
        parts = [part for part in read if part is not None]
        sources = [source for source, _ in parts]
        values = {"shares": {}} | {key: value for _, part in parts for key, value in part}
        if len(parts) < len(read) or not {"institution", "people"} <= values.keys():
            return None
        return Files(sources[0], sources[1:]), Institution(**values)

    def _names(self, path: str, known: Callable[[Path], bool], words: Collection[str], allowed: str) -> list[str]:
        """What is in a folder. What nobody would read is a mistake: a typing mistake is never ignored in silence."""
        if (self.folder / path).is_symlink():
            self.problems.append(Problem(self._shown(path), 1, 1, say("link", value=path)))
            return []
        try:
            files = sorted(file for file in (self.folder / path).iterdir() if not file.name.startswith("."))
            links = [file for file in files if file.is_symlink()]
            found = [file for file in files if file not in links and known(file)]
        except OSError:
            self.problems.append(Problem(self._shown(path), 1, 1, say("no_folder")))
            return []
        for file in files:
            shown = self._shown(f"{path}/{file.name}")
            if file in links:
                self.problems.append(Problem(shown, 1, 1, say("link", value=shown.name)))
            elif file not in found:
                message = say("unknown_file", value=shown.name, allowed=allowed, hint=near(file.name, words))
                self.problems.append(Problem(shown, 1, 1, message))
        return [file.name for file in found]

    def _shown(self, path: str) -> Path:
        return Path(self.folder.name, NOT_PRINTED.sub("?", path))


def _is_yaml(path: Path) -> bool:
    return path.suffix == ".yaml"
