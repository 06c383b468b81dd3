"""The words of a command: abbreviations, arguments, and how IOS refuses what it does not know."""

import re
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

ARGUMENTS = {
    "<word>": r"\S+",
    "<line>": r"\S.*",
    "<number>": r"\d{1,4}",
    "<vlans>": r"\d{1,4}([,-]\d{1,4})*",
    "<ip>": r"(\d{1,3}\.){3}\d{1,3}",
    "<interface>": r"(?i)(g[a-z]*\d/\d/\d{1,2}|vl[a-z]*\d{1,4})",
    "<port>": r"\d/\d/\d{1,2}",
}


class Refused(Exception):
    """What the switch answers to a command that it does not take."""


class Invalid(Refused):
    """A word that no command has at its place; the CLI points at it."""

    def __init__(self, column: int) -> None:
        self.column = column
        super().__init__("% Invalid input detected at '^' marker.")


@dataclass(frozen=True)
class Command:
    """Words, of which `<...>` are arguments, and what to do with them."""

    words: tuple[str, ...]
    run: Callable[..., Any]

    @property
    def leaf(self) -> str:
        """The fixed words before the first argument: what a new value of the same setting replaces."""
        fixed = next((i for i, word in enumerate(self.words) if _is_argument(word)), len(self.words))
        return " ".join(self.words[:fixed])


@dataclass(frozen=True)
class Match:
    command: Command
    arguments: tuple[str, ...]

    @property
    def text(self) -> str:
        """The command in full, as `show running-config` prints it."""
        arguments = iter(self.arguments)
        return " ".join(next(arguments) if _is_argument(word) else word for word in self.command.words)


def command(words: str, run: Callable[..., Any]) -> Command:
    return Command(tuple(words.split()), run)


def parse(line: str, commands: Iterable[Command], partial: bool = False) -> Match:
    """The one command that a line means. `partial`: its last arguments may be left out, as after `no`."""
    candidates, arguments = list(commands), []
    tokens = [(found.start(), found.group()) for found in re.finditer(r"\S+", line)]
    for i, (column, token) in enumerate(tokens):
        rest = line[column:].rstrip()
        candidates = _narrow(candidates, i, token, rest)
        if not candidates:
            raise Invalid(column)
        words = {candidate.words[i] for candidate in candidates}
        if len(words) > 1:
            raise Refused(f'% Ambiguous command:  "{line.strip()}"')
        word = words.pop()
        if _is_argument(word):
            arguments.append(_value(word, token, rest))
        if word == "<line>":
            return Match(candidates[0], tuple(arguments))
    for candidate in candidates:
        missing = candidate.words[len(tokens) :]
        if not missing or (partial and all(_is_argument(word) for word in missing)):
            return Match(candidate, tuple(arguments))
    raise Refused("% Incomplete command.")


def _narrow(candidates: list[Command], i: int, token: str, rest: str) -> list[Command]:
    """The candidates whose word fits: a keyword in full, else an abbreviated one, else an argument."""
    here = [candidate for candidate in candidates if len(candidate.words) > i]
    exact = [candidate for candidate in here if candidate.words[i] == token.lower()]
    keywords = [c for c in here if not _is_argument(c.words[i]) and c.words[i].startswith(token.lower())]
    return exact or keywords or [c for c in here if _is_argument(c.words[i]) and _fits(c.words[i], token, rest)]


def _is_argument(word: str) -> bool:
    return word.startswith("<")


def _fits(word: str, token: str, rest: str) -> bool:
    if "|" in word:
        return len(_choices(word, token)) == 1
    return re.fullmatch(ARGUMENTS[word], rest if word == "<line>" else token) is not None


def _value(word: str, token: str, rest: str) -> str:
    if "|" in word:
        return _choices(word, token)[0]
    if word == "<interface>":
        return interface(token)
    return rest if word == "<line>" else token


def _choices(word: str, token: str) -> list[str]:
    return [choice for choice in word.strip("<>").split("|") if choice.startswith(token.lower())]


def interface(name: str) -> str:
    """The full name of an interface: gi1/0/1 is GigabitEthernet1/0/1."""
    kind = "GigabitEthernet" if name[0] in "gG" else "Vlan"
    return kind + name.lstrip(string.ascii_letters)
