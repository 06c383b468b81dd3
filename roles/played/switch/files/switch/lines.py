"""What command lines have in common, whoever's they are: a negation before a command, a filter behind it."""

import re
from collections.abc import Callable


def negation(line: str, word: str) -> tuple[bool, str]:
    """Whether a line takes something back (`no`, `undo`), and what it takes back."""
    found = re.match(rf"\s*{word}\s+", line)
    return (True, line[found.end() :]) if found else (False, line)


def filtered(output: str, wanted: str, refused: Exception) -> str:
    """The lines that `| include`, `| exclude` or `| begin` leave. Raises `refused` for anything else."""
    verb, _, pattern = wanted.partition(" ")
    if not pattern:
        raise refused
    lines = output.splitlines()
    found = [re.search(pattern, line) is not None for line in lines]
    kept: dict[str, Callable[[], list[str]]] = {
        "include": lambda: [line for line, here in zip(lines, found, strict=True) if here],
        "exclude": lambda: [line for line, here in zip(lines, found, strict=True) if not here],
        "begin": lambda: lines[found.index(True) :] if True in found else [],
    }
    for name, keep in kept.items():
        if name.startswith(verb):
            return "\n".join(keep())
    raise refused
