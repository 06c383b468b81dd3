"""What is wrong in the inventory, said in one line that names file, line and column."""

from dataclasses import dataclass
from pathlib import Path


def shorten(value: object) -> str:
    """A value as a message shows it: on one line, not longer than a glance."""
    text = " ".join(str(value)[:200].split())
    text = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
    return text if len(text) <= 40 else f"{text[:37]}…"


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake. Lines and columns count from 1, as editors do."""

    file: Path
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class InventoryError(Exception):
    """The inventory cannot be used; `problems` says why, in the order of the files."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))
