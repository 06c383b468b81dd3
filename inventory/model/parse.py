"""From the text of a YAML file to plain data, by libyaml's parser.

Only what a form needs is YAML here: one document of keys, lists and plain values. What makes YAML a language (anchors,
aliases, tags, merge keys) is refused, and so is what tools read in different ways (`no`, 010, 1e3, 2026-11-25).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from inventory.model.messages import say
from inventory.model.problems import InventoryError, Problem, shorten
from inventory.model.reasons import explain
from inventory.model.text import inside

DEEPEST = 20

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
# A number, a time or a date for YAML 1.1 or for YAML 1.2.
NUMERIC = re.compile(
    r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+|\.?[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|\.inf|\.nan|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t ].*)?)",
    re.IGNORECASE,
)
NUMERIC_FIRST = frozenset("-+.0123456789")


@dataclass(frozen=True)
class Unclear:
    """A plain value that not all tools read alike. No model accepts it; quotes make a text of it."""

    text: str

    def __str__(self) -> str:
        return self.text


def _cases(*words: str) -> list[str]:
    return [form for word in words for form in (word, word.capitalize(), word.upper())]


WORDS: dict[str, object] = {
    **dict.fromkeys(["", "~", *_cases("null")]),
    **dict.fromkeys(_cases("true"), True),
    **dict.fromkeys(_cases("false"), False),
    **{word: Unclear(word) for word in (*_cases("yes", "no", "on", "off", "y", "n"), "=", "<<")},
}


def parse(text: str, shown_as: Path) -> Any:
    """The data of a file, None where it is empty. Raises InventoryError with the first thing that is wrong in it."""
    try:
        return _Builder(text, shown_as).document()
    except yaml.MarkedYAMLError as error:
        line, column, message = explain(error, text)
        raise InventoryError([Problem(shown_as, line, column, message)]) from None
    except yaml.YAMLError:
        raise InventoryError([Problem(shown_as, 1, 1, say("not_yaml"))]) from None


class _Builder:
    def __init__(self, text: str, shown_as: Path) -> None:
        self._next: Callable[[], Any] = yaml.CBaseLoader(text).get_event
        self._text = text
        self._shown_as = shown_as

    def document(self) -> Any:
        self._next()  # the stream starts
        event = self._next()
        if type(event) is StreamEndEvent:
            return None
        if event.version or event.tags:
            self._refuse(event, "directive")
        data = self._value(self._next(), 0)
        self._next()  # the document ends
        event = self._next()
        if type(event) is not StreamEndEvent:
            self._refuse(event, "documents")
        return data

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            self._refuse(event, "alias", value=shorten(f"*{event.anchor}"))
        if event.anchor is not None or event.tag is not None:
            self._mark_of_language(event)
        if kind is ScalarEvent:
            return event.value if event.style else _plain(event.value)
        if depth == DEEPEST:
            self._refuse(event, "too_deep", limit=DEEPEST)
        return self._mapping(depth + 1) if kind is MappingStartEvent else self._sequence(depth + 1)

    def _mapping(self, depth: int) -> dict[str, Any]:
        read, value, plain = self._next, self._value, _plain
        found: dict[str, Any] = {}
        while True:
            event = read()
            if type(event) is MappingEndEvent:
                return found
            key = event.value if type(event) is ScalarEvent else self._not_a_key(event)
            if key in found or not key or event.anchor is not None or event.tag is not None or key == "<<":
                self._wrong_key(event, key)
            event = read()
            if type(event) is ScalarEvent and event.anchor is None and event.tag is None:  # most are: no call
                found[key] = event.value if event.style else plain(event.value)
            else:
                found[key] = value(event, depth)

    def _sequence(self, depth: int) -> list[Any]:
        read, value = self._next, self._value
        found: list[Any] = []
        while True:
            event = read()
            if type(event) is SequenceEndEvent:
                return found
            found.append(value(event, depth))

    def _wrong_key(self, event: Any, key: str) -> None:
        self._mark_of_language(event)
        if key == "<<" and not event.style:
            self._refuse(event, "merge_key")
        if not key:
            self._refuse(event, "no_key")
        if key != "<<":
            self._refuse(event, "duplicate_key", key=shorten(key))

    def _not_a_key(self, event: Any) -> NoReturn:
        if type(event) is AliasEvent:
            self._refuse(event, "alias", value=shorten(f"*{event.anchor}"))
        self._mark_of_language(event)
        self._refuse(event, "key_not_text", value="[…]" if type(event) is SequenceStartEvent else "{…}")

    def _mark_of_language(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, "anchor", value=shorten(f"&{event.anchor}"))
        if event.tag is not None:
            self._refuse(event, "tag", value=shorten(event.tag.replace("tag:yaml.org,2002:", "!!")))

    def _refuse(self, event: Any, key: str, /, **values: object) -> NoReturn:
        raise InventoryError([Problem(self._shown_as, *inside(self._text, event.start_mark), say(key, **values))])


def _plain(text: str) -> object:
    """What a value without quotes means."""
    if text in WORDS:
        return WORDS[text]
    if text[0] in NUMERIC_FIRST:
        if WHOLE.fullmatch(text):
            return int(text)
        if NUMERIC.fullmatch(text):
            return Unclear(text)
    return text
