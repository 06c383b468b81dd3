"""Python programs that run on a host without being installed there: data over stdin, answers as JSON on stdout."""

from pathlib import Path

from pyinfra.api import QuoteString, StringCommand


def program(path: Path, *arguments: str) -> StringCommand:
    """The command that runs a program of ours with the host's own Python and libraries."""
    return StringCommand("python3", "-I", "-c", *map(QuoteString, (path.read_text(), *arguments)))
