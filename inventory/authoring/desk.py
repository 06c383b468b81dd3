"""What the authors of an entry have before them: the inventory as it is, and a sheet for the changes."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from inventory.authoring.change import Edit, read
from inventory.authoring.editing import EditError
from inventory.codeowners import PATH as CODEOWNERS
from inventory.codeowners import codeowners
from inventory.model import Administration


@dataclass
class Desk:
    """`folder` is the inventory. Nothing is written: `edits` gathers what would be."""

    folder: Path
    administration: Administration
    edits: list[Edit] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what a person should know before saying yes

    def create(self, path: str, text: str) -> None:
        """A file that does not exist yet."""
        self.edits.append(Edit(self.folder / path, None, text))

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        """A file that exists."""
        before = read(self.folder / path) or ""
        try:
            self.edits.append(Edit(self.folder / path, before, change(before)))
        except EditError:
            raise EditError(self.shown(path)) from None

    def refresh(self, after: Administration) -> None:
        """What is generated from the inventory follows the change, where the repository has it."""
        path = self.folder.parent / CODEOWNERS.name
        before, text = read(path), codeowners(after)
        if before not in (None, text):
            self.edits.append(Edit(path, before, text, generated=True))

    def shown(self, path: str) -> str:
        return f"{self.folder.name}/{path}"

    def has(self, path: str) -> bool:
        return (self.folder / path).exists()

    def names(self) -> dict[str, str]:
        """Every name of the DNS that is taken, and the file that takes it."""
        administration = self.administration
        found = dict.fromkeys(administration.platform.resina.cores, self.shown("platform.yaml"))
        for name, site in administration.sites.items():
            found |= dict.fromkeys([*site.machines, *site.switches, *site.routers], self.shown(f"sites/{name}.yaml"))
        return found | {name: self.shown(f"applications/{name}.yaml") for name in administration.applications}

    def former(self, login: str) -> str | None:
        """The commit in which somebody had this login, where git remembers one."""
        pattern = rf"login: {re.escape(login)}([^a-z0-9.-]|$)"
        command = ["git", "log", "-1", "--format=%h", "--pickaxe-regex", f"-S{pattern}", "--", "institutions"]
        try:
            ran = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=20, check=True)
        except (OSError, subprocess.SubprocessError):
            return None  # not a clone: nothing is remembered
        return ran.stdout.strip() or None
