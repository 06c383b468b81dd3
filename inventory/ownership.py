"""Who may change which file of a pull request, and whom to ask for the others.

What counts is what the base branch says: a pull request cannot make itself the owner of anything. The platform team
may change all; an institution its own folder, and the sites and applications whose `owner:` it is.
"""

import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from inventory.model import Administration, InventoryError
from inventory.model.load import INSTITUTION, PARTS
from inventory.model.messages import either
from inventory.model.problems import Problem
from inventory.model.source import Source
from inventory.repository import FILE, LINK, NOTHING, SUBMODULE, Change, Repository, shown

PLATFORM = "@platform"  # no institution can have this name
INSTITUTIONS = "inventory/institutions"
OWNED = ("inventory/sites/", "inventory/applications/")
PLATFORM_FILE = "inventory/platform.yaml"
LARGEST = 1 << 20  # of a file whose keys are looked at

# Keys that decide who may change what: the platform team changes them.
GUARDED = {INSTITUTION: ("reviewers", "authors"), "": ("owner",)}


@dataclass(frozen=True)
class Party:
    """The platform team or an institution, with its accounts and teams on the forge."""

    name: str
    reviewers: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def __str__(self) -> str:
        return either("la plateforme", "the platform's") if self.name == PLATFORM else self.name.upper()

    def holds(self, handle: str) -> bool:
        """Forges do not tell capitals from small letters."""
        return handle.lower() in {known.lower() for known in (*self.reviewers, *self.authors)}


@dataclass(frozen=True)
class Owners:
    """Who owns what."""

    platform: Party
    institutions: dict[str, Party]
    files: dict[str, str] = field(default_factory=dict)  # sites and applications: their owner, by path

    def of(self, path: str) -> Party:
        """The owner of a path from the top of the repository."""
        for name, party in self.institutions.items():
            if path.startswith(f"{INSTITUTIONS}/{name}/"):
                return party
        return self.institutions.get(self.files.get(path, ""), self.platform)

    def parties(self, handle: str) -> list[Party]:
        """Those for whom an account of the forge may act."""
        return [party for party in (self.platform, *self.institutions.values()) if party.holds(handle)]


def owners(administration: Administration) -> Owners:
    """Who owns what in the inventory at hand."""
    platform = administration.platform
    return Owners(
        Party(PLATFORM, tuple(platform.reviewers), tuple(platform.authors)),
        {
            name: Party(name, tuple(institution.reviewers), tuple(institution.authors))
            for name, institution in administration.institutions.items()
        },
        {f"inventory/sites/{name}.yaml": site.owner for name, site in administration.sites.items()}
        | {f"inventory/applications/{name}.yaml": app.owner for name, app in administration.applications.items()},
    )


def owners_in(repository: Repository, commit: str, paths: Collection[str]) -> Owners:
    """Who owns these paths in a commit that is trusted: the base branch."""
    institutions = f"{INSTITUTIONS}/[^/]+/{re.escape(INSTITUTION)}"
    kept = {
        path: name
        for path, name in repository.files(commit, PLATFORM_FILE, INSTITUTIONS, *OWNED).items()
        if path == PLATFORM_FILE or re.fullmatch(institutions, path) or (path in paths and path.startswith(OWNED))
    }
    content = repository.content(list(kept.values()))
    said = {path: _mapping(content[name]) for path, name in kept.items()}
    platform = _party(PLATFORM, said.pop(PLATFORM_FILE, {}))
    files = {path: str(said.pop(path).get("owner", "")) for path in list(said) if path.startswith(OWNED)}
    names = {path: Path(path).parent.name for path in said}
    return Owners(platform, {names[path]: _party(names[path], it) for path, it in said.items()}, files)


def _mapping(content: bytes) -> dict[str, Any]:
    try:
        data = yaml.load(content, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return {}  # owned by nobody else than the platform team
    return data if isinstance(data, dict) else {}


def _party(name: str, said: dict[str, Any]) -> Party:
    reviewers, authors = (tuple(map(str, said.get(key) or ())) for key in ("reviewers", "authors"))
    return Party(name, reviewers, authors)


def refusals(
    repository: Repository, changes: Sequence[Change], known: Owners, acting: Sequence[Party]
) -> Iterator[Problem | str]:
    """What those who act may not change, one line each, with the name of who to ask."""
    if known.platform in acting:
        return
    for change in changes:
        path = change.path
        owner = known.of(path)
        new = change.old_mode == NOTHING and path.startswith(OWNED) and path not in known.files
        head = None
        if new or (_guarded(path) and owner in acting):
            try:
                head = _read(repository, change)
            except InventoryError as error:
                yield from (str(problem) for problem in error.problems)
                continue
        if new and head is not None:
            owner = known.institutions.get(str(head.data.get("owner")), known.platform)
        if owner not in acting:
            french = f"{shown(path)} : ce fichier est à {owner} ; demander à {_who(owner)}"
            yield either(french, f"{shown(path)}: this file is {_whose(owner)}; ask {_who(owner)}")
        elif reason := _form(change):
            yield f"{shown(path)}{either(' : ', ': ')}{reason}{_ask(known.platform)}"
        elif head is not None and not new:
            yield from _guarded_keys(repository, change, head, known.platform)


def _form(change: Change) -> str:
    """Why this is no change of an inventory file, or nothing."""
    folder, _, name = change.path.rpartition("/")
    if change.path.startswith(f"{INSTITUTIONS}/"):
        if name not in PARTS or folder.count("/") != 2:
            allowed = ", ".join(PARTS)
            return either(
                f"le dossier d'une institution contient {allowed}", f"an institution's folder holds {allowed}"
            )
        if name == INSTITUTION and change.new_mode == NOTHING:
            return either("une institution ne se retire pas elle-même", "an institution cannot remove itself")
    elif f"{folder}/" not in OWNED or name.startswith(".") or not name.endswith(".yaml"):
        return either("ce dossier contient des fichiers *.yaml", "this folder holds files *.yaml")
    if change.new_mode == LINK:
        return either("un lien symbolique n'est pas admis ici", "a symbolic link is not admitted here")
    if change.new_mode == SUBMODULE:
        return either("un sous-module n'est pas admis ici", "a submodule is not admitted here")
    if change.new_mode not in (FILE, NOTHING):
        return either("un fichier exécutable n'est pas admis ici", "an executable file is not admitted here")
    return ""


def _guarded(path: str) -> bool:
    return path.startswith(OWNED) or Path(path).name == INSTITUTION


def _guarded_keys(repository: Repository, change: Change, head: Source, platform: Party) -> Iterator[Problem]:
    """A key that decides who may change what is what it was where the pull request began."""
    before = _mapping(repository.content([change.old])[change.old]) if change.old_mode == FILE else {}
    for key in GUARDED.get(Path(change.path).name, GUARDED[""]):
        if head.data.get(key) != before.get(key):
            message = either(
                f"« {key} » ne change qu'avec la plateforme", f"'{key}' changes with the platform team only"
            )
            yield head.problem([key], message + _ask(platform), on_key=True)


def _read(repository: Repository, change: Change) -> Source | None:
    """The file as the pull request has it, read as any inventory file is. Raises InventoryError."""
    if change.new_mode != FILE:
        return None
    content = repository.content([change.new])[change.new]
    path = Path(shown(change.path))
    if len(content) > LARGEST:
        raise InventoryError([Problem(path, 1, 1, either("le fichier est trop gros", "the file is too large"))])
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(content)
        file.flush()
        source = Source(Path(file.name), shown_as=path)
    if not isinstance(source.data, dict):
        message = either("le fichier n'est pas un ensemble de « clé: valeur »", "the file is not a set of 'key: value'")
        raise InventoryError([Problem(path, 1, 1, message)])
    return source


def _who(party: Party) -> str:
    return ", ".join(party.reviewers)


def _whose(party: Party) -> str:
    return str(party) if party.name == PLATFORM else f"{party}'s"


def _ask(party: Party) -> str:
    return either(f" ; demander à {_who(party)}", f"; ask {_who(party)}")
