"""Secrets by name, the forms in which programs carry them, and where one of these is found."""

import json
import os
import subprocess
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote as shell_quoted
from urllib.parse import quote as percent_encoded

from inventory.model import Administration
from inventory.secrets import scopes, secrets_of, wanted
from tests.endurance import lab

SHORTEST = 8
AT_ONCE = 2000  # files that one grep reads


def known_to(administration: Administration) -> dict[str, str]:
    """Every secret of the lab by a name that may be shown: sealed values, and the keys beside them."""
    store = secrets_of(administration.environment)
    keys = {scope: list(found) for scope, found in wanted(administration).items()}
    keys |= {scope: ["key"] for scope in scopes(administration) if scope.startswith("certificate-")}
    found = {f"{scope}/{key}": store.get(scope, key).reveal() for scope, names in keys.items() for key in names}
    for path in (lab.STATE / "keys").rglob("*"):
        if path.is_file() and path.suffix != ".pub":
            found[f"keys/{path.name}"] = path.read_text()
    return found


def forms(value: str) -> set[bytes]:
    """A value as it stands, quoted, escaped and encoded; of a key, a line that is all secret."""
    lines = [line for line in value.strip().splitlines() if line and not line.startswith(("#", "-----"))]
    part = lines[len(lines) // 2]
    raw = part.encode()
    texts = {
        part,
        shell_quoted(part)[1:-1] if shell_quoted(part) != part else part,
        part.replace("'", "'\\''"),
        json.dumps(part)[1:-1],
        json.dumps(json.dumps(part))[3:-3],
        percent_encoded(part, safe=""),
        raw.hex(),
    }
    return {
        *(text.encode() for text in texts if len(text) >= SHORTEST),
        *_within_base64(raw),
        *_within_base64(part.encode("utf-16-le")),
    }


def _within_base64(raw: bytes) -> Iterator[bytes]:
    """What is the same in the base64 of any text that holds the value."""
    for before, first in ((0, 0), (1, 2), (2, 3)):
        yield b64encode(bytes(before) + raw)[first : (before + len(raw)) * 8 // 6]


class Search:
    """Looks for every form of some secrets, and names those that it finds."""

    def __init__(self, values: dict[str, str]) -> None:
        self._forms = {name: forms(value) for name, value in values.items()}
        self._patterns = b"\n".join(sorted({form for found in self._forms.values() for form in found}))

    @property
    def patterns(self) -> bytes:
        """One a line, as grep and the sampler read them: over stdin, in no file."""
        return self._patterns

    def names_in(self, content: bytes) -> set[str]:
        return {name for name, found in self._forms.items() if any(form in content for form in found)}

    def text(self, where: str, text: str | bytes) -> list[str]:
        """What a text shows, one line each."""
        content = text.encode() if isinstance(text, str) else text
        return [f"{where}: {name}" for name in sorted(self.names_in(content))]

    def files(self, paths: Iterable[Path]) -> dict[Path, set[str]]:
        """The files that hold a secret, and which."""
        listed = [str(path) for path in paths]
        hits: list[str] = []
        for start in range(0, len(listed), AT_ONCE):
            ran = subprocess.run(
                ["grep", "-laF", "-f", "-", "--", *listed[start : start + AT_ONCE], "/dev/null"],
                input=self._patterns,
                capture_output=True,
                check=False,
            )
            hits += os.fsdecode(ran.stdout).splitlines()
        return {Path(hit): names for hit in hits if (names := self.names_in(Path(hit).read_bytes()))}


def changed_since(start: float, *folders: Path) -> list[Path]:
    """Files that were written or created since, below some folders, on the same file system."""
    present = [str(folder) for folder in folders if folder.exists()]
    found = subprocess.run(
        ["find", *present, "-xdev", "-type", "f", "-newerct", f"@{start:.3f}", "-print0"],
        capture_output=True,
        check=False,
    )
    return [Path(os.fsdecode(name)) for name in found.stdout.split(b"\0") if name]
