"""The words of a command: abbreviations and arguments. Which arguments there are, each platform says."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """What the switch answers to a command that it does not take."""


class Invalid(Refused):
    """A word that no command has at its place, which begins at `column`."""

    def __init__(self, column: int, text: str) -> None:
        self.column = column
        super().__init__(text)


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
        """The command in full, as the running configuration has it."""
        arguments = iter(self.arguments)
        return " ".join(next(arguments, "") if _is_argument(word) else word for word in self.command.words).rstrip()


def command(words: str, run: Callable[..., Any]) -> Command:
    return Command(tuple(words.split()), run)


@dataclass(frozen=True)
class Grammar:
    """The arguments of a platform and its refusals. `<a|b>` is a choice; `<line>` is the rest of the line."""

    arguments: Mapping[str, str]  # `<...>` -> the pattern of all of it
    invalid: str
    incomplete: str
    ambiguous: str  # {line}: what was typed
    values: Mapping[str, Callable[[str], str]] = field(default_factory=dict)  # `<...>` -> its full form

    def parse(self, line: str, commands: Iterable[Command], partial: bool = False) -> Match:
        """The one command that a line means. `partial`: its last arguments may be left out, as after `no`.

        Raises Refused; Invalid for a word that no command has there.
        """
        candidates, arguments = list(commands), []
        tokens = [(found.start(), found.group()) for found in re.finditer(r"\S+", line)]
        for i, (column, token) in enumerate(tokens):
            rest = line[column:].rstrip()
            candidates = self._narrow(candidates, i, token, rest)
            if not candidates:
                raise Invalid(column, self.invalid)
            words = {candidate.words[i] for candidate in candidates}
            if len(words) > 1:
                raise Refused(self.ambiguous.format(line=line.strip()))
            word = words.pop()
            if _is_argument(word):
                arguments.append(self._value(word, token, rest))
            if word == "<line>":
                return Match(candidates[0], tuple(arguments))
        for candidate in candidates:
            missing = candidate.words[len(tokens) :]
            if not missing or (partial and all(_is_argument(word) for word in missing)):
                return Match(candidate, tuple(arguments))
        raise Refused(self.incomplete)

    def _narrow(self, candidates: list[Command], i: int, token: str, rest: str) -> list[Command]:
        """The candidates whose word fits: a keyword in full, else an abbreviated one, else an argument."""
        here = [candidate for candidate in candidates if len(candidate.words) > i]
        exact = [candidate for candidate in here if candidate.words[i] == token.lower()]
        keywords = [c for c in here if not _is_argument(c.words[i]) and c.words[i].startswith(token.lower())]
        return (
            exact or keywords or [c for c in here if _is_argument(c.words[i]) and self._fits(c.words[i], token, rest)]
        )

    def _fits(self, word: str, token: str, rest: str) -> bool:
        if "|" in word:
            return len(_choices(word, token)) == 1
        return re.fullmatch(self.arguments[word], rest if word == "<line>" else token) is not None

    def _value(self, word: str, token: str, rest: str) -> str:
        if "|" in word:
            return _choices(word, token)[0]
        given = rest if word == "<line>" else token
        return self.values[word](given) if word in self.values else given


def _is_argument(word: str) -> bool:
    return word.startswith("<")


def _choices(word: str, token: str) -> list[str]:
    choices, given = word.strip("<>").split("|"), token.lower()
    return [given] if given in choices else [choice for choice in choices if choice.startswith(given)]
