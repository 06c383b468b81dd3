"""The two sides of a change, as typed models: the base from git's objects, the head from the work tree.

Only the files that differ are parsed, by the name that git gives to their bytes: in an administration of 30,000
people, a change to one file is told in well under a second. `make validate` is what reads all of them.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from deploys.review import paths
from deploys.review.compare import Content
from deploys.review.git import ROOT, Objects, object_name
from inventory.model import Application, Environment, Institution, InventoryError, Platform
from inventory.model.base import Strict
from inventory.model.derive import derive
from inventory.model.institution import InstitutionFile
from inventory.model.load import INSTITUTION, OPTIONAL, PARTS
from inventory.model.messages import say
from inventory.model.problems import Problem
from inventory.model.references import check_platform
from inventory.model.site_file import SiteFile
from inventory.model.source import Source
from inventory.model.validate import validate

M = TypeVar("M", bound=Strict)

PLATFORM = "inventory/platform.yaml"


@dataclass(frozen=True)
class Sides:
    """Both sides of a change, and what the institutions of either are called."""

    before: Content
    after: Content
    names: Mapping[str, str]
    files: tuple[str, ...]  # that differ, in bytes


class BaseError(Exception):
    """The base does not load: there is nothing to compare with."""


def sides(base: str, root: Path = ROOT) -> Sides:
    """What differs between a revision and the work tree.

    Raises BaseError, or InventoryError with the mistakes of the work tree.
    """
    objects = Objects(root)
    entries = {path: name for path, name in objects.files(base, "inventory").items() if path.endswith(".yaml")}
    stray = sorted(path for path in entries if paths.is_stray(path))
    if stray:
        raise BaseError(f"{stray[0]}: not a file of the inventory as it is now")
    old = {path: name for path, name in entries.items() if paths.is_modelled(path)}
    new = {path for path in _files(root) if paths.is_modelled(path)}
    every = old.keys() | new
    differing = {
        path
        for path in every
        if path not in old or path not in new or object_name((root / path).read_bytes(), like=old[path]) != old[path]
    }
    units = {_unit(path) for path in differing}
    # What a site is follows from its file and from the platform's.
    wanted = {
        path
        for path in every
        if _unit(path) in units or (PLATFORM in differing and paths.SITE.fullmatch(path) is not None)
    }
    titles = {path for path in every if path.endswith(f"/{INSTITUTION}")}
    with tempfile.TemporaryDirectory() as temporary:
        _write(Path(temporary), {path: old[path] for path in (wanted | titles | {PLATFORM}) & old.keys()}, objects)
        try:
            before = _content(Path(temporary), wanted & old.keys())
            called = _names(Path(temporary), titles & old.keys())
        except InventoryError as error:
            raise BaseError(str(error.problems[0])) from None
    after = _content(root, wanted & new)
    return Sides(before, after, called | _names(root, titles & new), tuple(sorted(differing)))


def _files(root: Path) -> Iterator[str]:
    for file in (root / "inventory").rglob("*.yaml"):
        yield file.relative_to(root).as_posix()


def _write(top: Path, files: Mapping[str, str], objects: Objects) -> None:
    contents = objects.content(sorted(set(files.values())))
    for path, name in files.items():
        file = top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(contents[name])


def _unit(path: str) -> str:
    """What is loaded as one: the folder of an institution, or a file."""
    found = paths.INSTITUTION.fullmatch(path)
    return f"inventory/institutions/{found['id']}" if found else path


def _content(top: Path, wanted: Iterable[str]) -> Content:
    """The models of some files, which stand below `top` as they do in the repository."""
    problems: list[Problem] = []
    parts: dict[str, dict[str, Any]] = {}
    found: dict[str, dict[str, Any]] = {"sites": {}, "applications": {}, "environments": {}, "platform": {}}
    platform: list[Platform] = []  # the one, once a site asks for it
    for path in sorted(wanted):
        try:
            if match := paths.INSTITUTION.fullmatch(path):
                parts.setdefault(match["id"], {}).update(_read(top, path, PARTS[match["part"]]))
            elif match := paths.SITE.fullmatch(path):
                platform = platform or [_platform(top)]
                source = Source(top / path, shown_as=Path(path))
                found["sites"][match["id"]] = derive(source, validate(SiteFile, source), platform[0])
            elif match := paths.APPLICATION.fullmatch(path):
                found["applications"][match["id"]] = _read(top, path, Application)
            elif match := paths.ENVIRONMENT.fullmatch(path):
                found["environments"][match["id"]] = _read(top, path, Environment)
            else:
                found["platform"][path] = _read(top, path, Platform)
        except InventoryError as error:
            problems.extend(error.problems)
    for name in parts:
        for part in PARTS.keys() - OPTIONAL:
            file = f"inventory/institutions/{name}/{part}"
            if file not in wanted:
                problems.append(Problem(Path(file), 1, 1, say("no_such_file")))
    if problems:
        raise InventoryError(problems)
    changed = next(iter(found.pop("platform").values()), None)
    institutions = {name: Institution(**{"shares": {}, **values}) for name, values in parts.items()}
    return Content(changed, institutions, **found)


def _platform(top: Path) -> Platform:
    """What sites follow from. Raises InventoryError where it does not agree with itself."""
    source = Source(top / PLATFORM, shown_as=Path(PLATFORM))
    platform = validate(Platform, source)
    if problems := list(check_platform(source, platform)):
        raise InventoryError(problems)
    return platform


def _names(top: Path, titles: Iterable[str]) -> dict[str, str]:
    models = (_read(top, path, InstitutionFile) for path in titles)
    return {model.institution: model.name for model in models}


def _read(top: Path, path: str, model: type[M]) -> M:
    return validate(model, Source(top / path, shown_as=Path(path)))
