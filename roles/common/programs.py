"""Python programs that run on a host without being installed there: data over stdin, answers as JSON on stdout."""

from pathlib import Path
from types import ModuleType

from pyinfra.api import QuoteString, StringCommand

WITH = """\
import sys, types
sys.modules[{name!r}] = types.ModuleType({name!r})
exec({text!r}, sys.modules[{name!r}].__dict__)
"""


def program(path: Path, *arguments: str, needs: ModuleType | None = None) -> StringCommand:
    """The command that runs a program of ours with the host's own Python and libraries.

    A module of ours that it `needs`, and that imports no other, goes with it.
    """
    text = path.read_text()
    if needs:
        text = WITH.format(name=needs.__name__, text=Path(str(needs.__file__)).read_text()) + text
    return StringCommand("python3", "-I", "-c", *map(QuoteString, (text, *arguments)))
