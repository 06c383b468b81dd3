"""What a host answered, and the one batch that asks it everything at once.

pyinfra 3.10 asks the host again each time that a fact is read, one command a question. Here a question has one answer
until something changes on the host, and the questions of the last run are asked together before the first of this one.
"""

import json
import secrets
import shlex
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pyinfra.connectors.util import CommandOutput, OutputLine

from deploys.engine.whole import write_whole


@dataclass
class Answers:
    """The answers of one host, by the command that asks. The file that remembers the questions is safe to lose."""

    remembered_in: Path | None
    known: dict[str, CommandOutput] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)
    expected: list[str] = field(default_factory=list)
    commands: int = 0  # that were run on the host, of any kind

    def __post_init__(self) -> None:
        self.expected = _read(self.remembered_in) if self.remembered_in else []

    def expect(self, questions: Iterable[str]) -> None:
        """Say what will be asked next: the first of these that is not known is asked together with the others."""
        self.expected = list(dict.fromkeys(questions))

    def batch(self, question: str) -> list[str]:
        """What to ask now that a question is not known: it, and all that is expected."""
        questions = [each for each in self.expected if each not in self.known]
        self.expected = []
        return questions if question in questions else [question, *questions]

    def forget(self) -> None:
        """Something changed on the host: nothing is known of it any more."""
        self.known.clear()
        self.expected = []

    def remember(self) -> None:
        """Keep what this run asked, for the next one."""
        if self.remembered_in is None or not self.asked:
            return
        with suppress(OSError):  # the next run asks one question more
            self.remembered_in.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.remembered_in, json.dumps(list(self.asked)))


def _read(path: Path) -> list[str]:
    """The questions of the last run; none where the file is not what we wrote."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


class Batch:
    """Many questions as one shell script, and their answers from its output."""

    def __init__(self, questions: list[str]) -> None:
        self.questions = questions
        # Nothing that a host stores can look like this mark: it is new each time.
        self._mark = f"@@{secrets.token_hex(8)}"

    @property
    def script(self) -> str:
        """Each question runs by itself; what all of them say is gathered, and leaves the host in few packets."""
        asked = "".join(
            f"( {_inline(each)}\n) 2>/dev/null </dev/null; s=$?; echo; echo {self._mark} $s\n"
            for each in self.questions
        )
        return f"out=$(\n{asked})\nprintf '%s\\n' \"$out\"\n"

    def answers(self, output: str) -> dict[str, CommandOutput]:
        """The answers of the questions that succeeded; one that failed must be asked alone, to hear why."""
        found: dict[str, CommandOutput] = {}
        lines: list[str] = []
        number = 0
        for line in output.split("\n"):
            if not line.startswith(self._mark):
                lines.append(line)
                continue
            if line.removeprefix(self._mark).strip() == "0":
                if lines and not lines[-1]:
                    lines.pop()  # of our own echo, or of the last line's end
                found[self.questions[number]] = CommandOutput([OutputLine("stdout", each) for each in lines])
            lines, number = [], number + 1
        return found


def _inline(question: str) -> str:
    """The text of `sh -c 'text'`: the shell that runs the batch need not start another for it."""
    shell, _, quoted = question.partition(" -c ")
    text = quoted[1:-1].replace("'\"'\"'", "'")
    return text if shell == "sh" and shlex.quote(text) == quoted else question
