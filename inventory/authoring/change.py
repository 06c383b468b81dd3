"""A change of several files: the whole inventory is checked with it, then all of it is written, or none."""

import contextlib
import difflib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from inventory import policies
from inventory.model import Administration, InventoryError
from inventory.model.load import environments, parse_each
from inventory.model.messages import either


class ChangeError(Exception):
    """The change was not written; the message says why."""


def read(path: Path) -> str | None:
    """A file's text with its line ends as they are, or None where there is no such file."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


@dataclass(frozen=True)
class Edit:
    """One file: its text when the change was made, and the text wanted."""

    path: Path
    before: str | None
    after: str
    generated: bool = False

    def shown(self, root: Path) -> list[str]:
        """The lines that go and come, as a diff shows them; of a generated file, its name."""
        if self.generated:
            return [f"{self.path.relative_to(root)}{either(' (généré)', ' (generated)')}"]
        old, new = (self.before or "").splitlines(), self.after.splitlines()
        body = [
            line
            for line in difflib.unified_diff(old, new, n=0, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        ]
        return [str(self.path.relative_to(root)), *(f"  {line}" for line in body)]


def administration(folder: Path) -> Administration:
    """The administration, once all its environments and policies are checked. Raises InventoryError."""
    found = parse_each(environments(folder), folder)
    problems = [problem for parsed in islice(found.values(), 1) for problem in policies.check(parsed)]
    if problems:
        raise InventoryError(problems)
    return next(iter(found.values())).administration()


def check(folder: Path, edits: list[Edit]) -> Administration:
    """The administration with the change, in a copy of the inventory. Raises InventoryError where it would be wrong."""
    with TemporaryDirectory() as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
        for edit in edits:
            path = copy / edit.path.relative_to(folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(edit.after, encoding="utf-8", newline="")
        return administration(copy)


def write(edits: list[Edit]) -> None:
    """Write every file, each in one step; where one cannot be, those before it are as they were."""
    undo: list[Callable[[], object]] = []
    try:
        partials = [_written_beside(edit, undo) for edit in edits]
        for edit in edits:
            if read(edit.path) != edit.before:
                raise ChangeError(
                    either(
                        f"{edit.path} a changé entre-temps : rien n'est écrit ; recommencer",
                        f"{edit.path} has changed meanwhile: nothing is written; begin again",
                    )
                )
        for edit, file in zip(edits, partials, strict=True):
            undo.append(partial(_restore, edit))
            file.replace(edit.path)
    except BaseException as error:
        for step in reversed(undo):
            step()
        if isinstance(error, OSError):
            reason = f"{error.filename}: {error.strerror}"
            raise ChangeError(either(f"{reason} : rien n'est écrit", f"{reason}: nothing is written")) from None
        raise


def _written_beside(edit: Edit, undo: list[Callable[[], object]]) -> Path:
    """The wanted text in a file of its own, which then takes the place of the old one."""
    for folder in reversed([folder for folder in edit.path.parents if not folder.exists()]):
        folder.mkdir()
        undo.append(partial(_if_empty, folder))
    path = edit.path.with_name(f".{edit.path.name}.partial")
    undo.append(partial(path.unlink, missing_ok=True))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(edit.after)
        file.flush()
        os.fsync(file.fileno())
    if edit.before is not None:
        shutil.copymode(edit.path, path)
    return path


def _restore(edit: Edit) -> None:
    if edit.before is None:
        edit.path.unlink(missing_ok=True)
    else:
        edit.path.write_text(edit.before, encoding="utf-8", newline="")


def _if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
