"""Whether an answer can be taken: the model's own types and messages, then what the inventory already holds."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from inventory.authoring.answers import RefusedError
from inventory.model import InventoryError, Problem
from inventory.model.base import Strict
from inventory.model.messages import say
from inventory.model.source import Path_, Source
from inventory.model.validate import listed, near, validate
from inventory.policies.texts import trouble


class _Answer(Source):
    """One value as if it stood alone in a file: the model judges it, and what else the file lacks does not matter."""

    def __init__(self, data: Any) -> None:
        self.path = Path()
        self.data = data
        self.said: list[tuple[tuple[str | int, ...], str, bool]] = []

    def problem(self, path: Path_, message: str, *, on_key: bool = False) -> Problem:
        self.said.append((tuple(path), message, on_key))
        return Problem(self.path, 1, 1, message)


def typed(model: type[Strict], path: Sequence[str | int], value: object, *, the_key: bool = False) -> None:
    """Refuse a value (or the last key) that the model would refuse at a path. A number stands for an item of a list."""
    data = value
    for step in reversed(path):
        data = [data] if isinstance(step, int) else {step: data}
    answer = _Answer(data)
    try:
        validate(model, answer)
    except InventoryError:
        for where, message, on_key in answer.said:
            if where[: len(path)] == tuple(path) and on_key == the_key:
                raise RefusedError(message) from None


def field(model: type[Strict], *path: str | int) -> Callable[[str], str]:
    """The check of a question whose answer is a text of the model."""

    def check(answer: str) -> str:
        typed(model, path, answer)
        return answer

    return check


def readable(model: type[Strict], *path: str | int) -> Callable[[str], str]:
    """The same, of a text that people read: it is what it looks like."""

    def check(answer: str) -> str:
        typed(model, path, answer)
        if reason := trouble(answer):
            raise RefusedError(reason)
        return answer

    return check


def key(model: type[Strict], *path: str | int) -> Callable[[str], str]:
    """The check of a question whose answer is a key of a mapping of the model."""

    def check(answer: str) -> str:
        typed(model, (*path, answer), {}, the_key=True)
        return answer

    return check


def number(model: type[Strict], *path: str | int) -> Callable[[str], int]:
    """The check of a question whose answer is a whole number of the model."""

    def check(answer: str) -> int:
        value: object = int(answer) if answer.isdecimal() and answer.isascii() else answer
        typed(model, path, value)
        assert isinstance(value, int)
        return value

    return check


def existing(kind: str, known: Collection[str]) -> Callable[[str], str]:
    """The check of a question whose answer is the name of something that exists."""

    def check(answer: str) -> str:
        if answer not in known:
            message = say("no_such", kind=say(kind), value=answer, choices=listed(known), hint=near(answer, known))
            raise RefusedError(message)
        return answer

    return check


def several(check: Callable[[str], str]) -> Callable[[str], list[str]]:
    """The check of a question whose answer is a list, between commas or spaces."""
    return lambda answer: list(dict.fromkeys(check(word) for word in answer.replace(",", " ").split()))


def or_nothing(check: Callable[[str], str]) -> Callable[[str], str]:
    """The check of a question that may be left empty."""
    return lambda answer: check(answer) if answer else ""


def unused(answer: str | int, taken: Mapping[Any, str]) -> None:
    """Refuse what something else has; `taken` says where each is used."""
    if answer in taken:
        raise RefusedError(say("already", value=answer, where=taken[answer]))
