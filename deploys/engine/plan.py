"""What a deploy would do, in words and diffs: nothing is changed, no secret is shown."""

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from pyinfra.api.command import FileUploadCommand, PyinfraCommand, StringCommand
from pyinfra.api.host import Host
from pyinfra.facts.files import FileContents

from deploys.engine.session import Session, Step
from roles.common.commands import Explained, WriteFile
from roles.common.planned import will_write


@dataclass(frozen=True)
class Change:
    """One step that would change its host."""

    host: str
    name: str
    lines: tuple[str, ...]


def plan(session: Session, deploys: list[str]) -> list[Change]:
    """The changes that these deploys would make, host by host in the order of their steps."""
    changes: list[Change] = []

    def explain(step: Step) -> None:
        lines = [line for command in session.commands(step) for line in _explain(step.host, command)]
        if lines:
            changes.append(Change(str(step.host.name), step.name, tuple(lines)))

    for deploy in deploys:
        session.load(deploy)
    session.plan(explain)
    return sorted(changes, key=lambda change: change.host)


def _explain(host: Host, command: PyinfraCommand) -> list[str]:
    match command:
        case WriteFile():
            will_write(host, command.path)
            if command.secret:
                return [f"{command.path}: secret content differs"]
            return _diff(host, command.path, command.content)
        case Explained():
            return command.changes
        case FileUploadCommand():
            will_write(host, command.dest)
            return _diff(host, command.dest, _text(command))
        case StringCommand():
            return [f"run: {_short(str(command))}"]
        case _:
            return [f"run: {_short(repr(command))}"]


def _diff(host: Host, path: str, new: str) -> list[str]:
    old = host.get_fact(FileContents, path=path)
    lines = list(unified_diff(old or [], new.splitlines(), lineterm="", n=0))[2:]
    what = "new file" if old is None else "owner or mode" if not lines else "changed"
    return [f"{path}: {what}", *(line for line in lines if not line.startswith("@@"))]


def _text(command: FileUploadCommand) -> str:
    if isinstance(command.src, str):
        return Path(command.src).read_text(encoding="utf-8", errors="replace")
    command.src.seek(0)
    content = command.src.read()
    return content if isinstance(content, str) else content.decode("utf-8", "replace")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:157]}..."
