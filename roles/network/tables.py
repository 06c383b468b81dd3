"""What show commands print, read by ntc-templates: a template is looked up and compiled once, not at each answer."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TextIO

import ntc_templates
from ntc_templates.parse import parse_output
from textfsm import TextFSM

TEMPLATES = Path(ntc_templates.__file__).parent / "templates"
_reading = Lock()  # a machine is used by one thread at a time; more of them would only share one processor


def rows(platform: str, command: str, answer: str) -> list[dict[str, Any]]:
    """The rows of an answer, by column. Raises TextFSMError; KeyError where no template is for the command."""
    with _reading:
        name = _template(platform, command)
    if ":" in name:  # several templates, whose columns ntc-templates puts together itself
        return list(parse_output(platform=platform, command=command, data=answer))
    with _reading:
        machine = _machine(name)
        machine.Reset()
        found = machine.ParseTextToDicts(answer)
    return [{column.lower(): value for column, value in row.items()} for row in found]


class _Machine(TextFSM):  # type: ignore[misc]  # textfsm has no types
    """It tries a line on the rules of its state once: switches print most of their lines again and again."""

    def __init__(self, template: TextIO) -> None:
        super().__init__(template)
        self._matching: dict[tuple[str, str], list[Any]] = {}

    def _CheckLine(self, line: str) -> None:
        rules = self._matching.get(tried := (self._cur_state_name, line))
        if rules is None:
            rules = self._matching[tried] = self._matched(line)
        self._cur_state = rules  # until the next line, or the next state
        super()._CheckLine(line)

    def _matched(self, line: str) -> list[Any]:
        return [rule for rule in self.states[self._cur_state_name] if self._CheckRule(rule, line)]


@cache
def _machine(name: str) -> TextFSM:
    with (TEMPLATES / name).open(encoding="utf-8") as file:
        return _Machine(file)


@cache
def _template(platform: str, command: str) -> str:
    """The first of ntc-templates' index that is for this command, as its own lookup has it."""
    for name, kind, pattern in _index():
        if re.match(kind, platform) and re.match(pattern, command):
            return name
    raise KeyError(f"no template for `{command}` of {platform}")


def _index() -> Iterator[tuple[str, str, str]]:
    """Template, platform, command; `sh[[ow]]` is whatever a person may shorten it to."""
    for line in (TEMPLATES / "index").read_text(encoding="utf-8").splitlines():
        fields = [field.strip() for field in line.split(",", 3)]
        if len(fields) == 4 and fields[0].endswith(".textfsm"):
            yield fields[0], fields[2], re.sub(r"\[\[(.+?)\]\]", _shortened, fields[3])


def _shortened(found: re.Match[str]) -> str:
    return "(" + "(".join(found[1]) + ")?" * len(found[1])
