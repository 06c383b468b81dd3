"""Who may be in a service: a list that it reads at each login, and the way out for whoever it no longer names."""

import json
from collections.abc import Collection, Generator, Iterable, Sequence
from pathlib import Path
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, StringCommand, operation

from roles.common.commands import Explained, Removed, WriteFile
from roles.common.files import written
from roles.common.programs import program
from roles.rendering import render


class Admitted(FactBase[set[str]]):
    """The names that a list holds: of each line, what stands before the first colon."""

    default = set[str]

    def command(self, path: str) -> StringCommand:
        quoted = QuoteString(path)
        return StringCommand("! test -f", quoted, "|| cut -d : -f 1", quoted)

    def process(self, output: Iterable[str]) -> set[str]:
        return {line for line in output if line and not line.startswith("#")}


@operation()
def admitted(
    path: str,
    template: str,
    names: Collection[str],
    inside: type[FactBase[set[str]]],
    close: Path,
    group: str = "root",
    mode: str = "644",
    removes: tuple[Removed, str] | None = None,
    **context: Any,
) -> Generator[WriteFile | Explained, None, None]:
    """
    Ensure the list of who may be in a service, and that nobody else has anything open there.

    The list is in force before the doors are shut, so whoever is shown out stays out. A run that dies in between is
    completed by the next, which asks who is inside.

    + path: where the list stands on the host, a name before the first colon of each line
    + template: what renders it
    + names: who may be in
    + inside: the fact that tells who is
    + close: the program that shows out all but those whose names it reads, a JSON list
    + removes: the kind of thing that a line declares and the pattern of its name: a plan says when one goes
    + context: what the template prints
    """
    may = sorted(set(names))
    gone = sorted((host.get_fact(Admitted, path=path) | host.get_fact(inside)).difference(may))
    yield from written(path, render(template, **context), group=group, mode=mode, removes=removes)
    if gone:
        yield Explained(program(close), changes=[f"close what is open of {_few(gone)}"], _stdin=json.dumps(may))


def _few(names: Sequence[str], shown: int = 3) -> str:
    """Some names and how many more there are: the lines that go from the list have them all."""
    more = len(names) - shown
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:shown])} and {more} more"
