"""What a command does, in words and diffs; never what a secret holds."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from pyinfra.api import FactBase, QuoteString, StringCommand
from pyinfra.api.command import FileUploadCommand, PyinfraCommand

from deploys.engine.change import Certainty, Line
from deploys.engine.observed import short
from roles.common.commands import Explained, Risk, WriteFile

Text = list[str] | None
Institution = Callable[[str], str]


class FileText(FactBase[list[str] | None]):
    """The lines of a file; None where there is none."""

    def command(self, path: str) -> StringCommand:
        quoted = QuoteString(path)
        # pyinfra takes no output for no answer: the first line is ours, and says that there is a file.
        return StringCommand("! test -f", quoted, "|| { echo; cat", quoted, "; }")

    def process(self, output: list[str]) -> list[str]:
        return list(output)[1:]


@dataclass(frozen=True)
class Explanation:
    """The effects of one command."""

    lines: tuple[Line, ...]
    risk: Risk = ""
    certainty: Certainty = "certain"
    opens: bool = False


def written(command: PyinfraCommand) -> str | None:
    """The file that a command writes."""
    match command:
        case WriteFile():
            return command.path
        case FileUploadCommand():
            return str(command.dest)
    return None


def compared(command: PyinfraCommand) -> str | None:
    """The file whose present text the explanation of a command needs."""
    match command:
        case WriteFile() if not command.secret and isinstance(command.content, str):
            return command.path
        case FileUploadCommand():
            return str(command.dest)
    return None


def explain(command: PyinfraCommand, old: Callable[[str], Text], institution: Institution) -> Explanation:
    """The effects of a command, given the text that a file has today and whom a line of text is of."""
    match command:
        case WriteFile():
            return Explanation(tuple(_file(command, old, institution)), risk="")
        case Explained():
            lines = tuple(Line(s.text, s.institution or institution(s.text), s.removes) for s in command.changes)
            certainty: Certainty = "certain" if command.foreseen else "unknown"
            return Explanation(lines or _run(command), command.risk, certainty, command.opens)
        case FileUploadCommand():
            new = _text(command).splitlines()
            return Explanation(tuple(Line(t, institution(t)) for t in _diff(command.dest, old(command.dest), new)))
        case StringCommand():
            return Explanation(_run(command))
        case _:
            return Explanation(_run(repr(command)), certainty="unknown")


def _run(command: StringCommand | str) -> tuple[Line, ...]:
    return (Line(f"run: {short(str(command))}"),)


def _file(command: WriteFile, old: Callable[[str], Text], institution: Institution) -> list[Line]:
    if command.secret or isinstance(command.content, bytes):
        return [Line(f"{command.path}: {_hidden(command)}", institution(command.path))]
    before, after = old(command.path), command.content.splitlines()
    lines = [Line(text, institution(text)) for text in _diff(command.path, before, after)]
    return [*lines, *_removals(command, before or [], after, institution)]


def _hidden(command: WriteFile) -> str:
    """What becomes of a file whose content is not shown."""
    if command.before == "same content":
        return "owner or mode"
    if command.secret:
        return "new file (secret)" if command.before == "nothing" else "secret content differs"
    return f"{'new file' if command.before == 'nothing' else 'content differs'} ({len(command.content)} bytes)"


def _removals(command: WriteFile, before: list[str], after: list[str], institution: Institution) -> list[Line]:
    """The things that the file no longer declares."""
    if not command.removes:
        return []
    kind, pattern = command.removes
    named = [{found[1] for line in lines if (found := re.match(pattern, line))} for lines in (before, after)]
    return [Line(f"{kind} {name}: remove", institution(name), kind) for name in sorted(named[0] - named[1])]


def _diff(path: str, old: Text, new: list[str]) -> list[str]:
    lines = list(unified_diff(old or [], new, lineterm="", n=0))[2:]
    what = "new file" if old is None else "owner or mode" if not lines else "changed"
    return [f"{path}: {what}", *(line for line in lines if not line.startswith("@@"))]


def _text(command: FileUploadCommand) -> str:
    if isinstance(command.src, str):
        return Path(command.src).read_text(encoding="utf-8", errors="replace")
    command.src.seek(0)
    content = command.src.read()
    return content if isinstance(content, str) else content.decode("utf-8", "replace")
