"""Sentences in the reader's language: French, or English where LANG asks for it.

A phrase is written once with its fields; its values come from files that others write and are shown as the reader's
medium needs it: `plain` on a terminal, or the escaping of a forge's Markdown.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"

Show = Callable[[str], str]
Forms = str | tuple[str, str]  # one form, or singular and plural
Phrase = tuple[Forms, Forms]  # French, English


@dataclass(frozen=True)
class Listed:
    """Several names in a row: a, b et c; in quotes where they are identifiers."""

    names: tuple[str, ...]
    quoted: bool = False

    def __len__(self) -> int:
        return len(self.names)


class Said(str):
    """A text that is ours, or shown already: it is not shown twice."""


Value = str | int | Listed


def names(values: Iterable[str]) -> Listed:
    return Listed(tuple(values))


def quoted(values: Iterable[str]) -> Listed:
    return Listed(tuple(values), quoted=True)


def in_english() -> bool:
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "fr"
    return wanted.startswith("en")


def plain(text: str) -> str:
    """A text without what a reader cannot see: controls, directions of writing, invisible signs, lone surrogates."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in _INVISIBLE)


_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def phrase(forms: Phrase, show: Show = plain, /, **values: Value) -> str:
    """One phrase with its values. `n` is the number that the phrase agrees with."""
    return _filled(_chosen(forms, values), show, values)


def sentence(forms: Phrase, show: Show = plain, /, **values: Value) -> str:
    """The phrase with its capital, unless it begins with a value, and its full stop."""
    chosen = _chosen(forms, values)
    return _filled(f"{chosen[:1].upper()}{chosen[1:]}.", show, values)


def is_plural(number: int) -> bool:
    """French counts zero as singular, English as plural."""
    return number != 1 if in_english() else abs(number) >= 2


def amount(number: int) -> str:
    """30 000, or 30,000 in English. A year or a port number is not an amount: give it as text."""
    return f"{number:,}" if in_english() else f"{number:,}".replace(",", NARROW)


def typography(french: str) -> str:
    """The spaces that French asks for, where the writer typed ordinary ones."""
    text = re.sub(r" ([:»])", rf"{NO_BREAK}\1", french)
    text = re.sub(r"« ", f"«{NO_BREAK}", text)
    return re.sub(r" ([;?!])", rf"{NARROW}\1", text)


def in_quotes(text: str) -> str:
    """« text », or 'text' in English."""
    return f"'{text}'" if in_english() else f"«{NO_BREAK}{text}{NO_BREAK}»"


def enumeration(items: list[str]) -> str:
    """A, b et c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {'and' if in_english() else 'et'} {items[-1]}"


def _chosen(forms: Phrase, values: dict[str, Value]) -> str:
    chosen = forms[in_english()]
    return chosen if isinstance(chosen, str) else chosen[is_plural(_number(values["n"]))]


def _filled(template: str, show: Show, values: dict[str, Value]) -> str:
    written = template if in_english() else typography(template)
    return written.format(**{key: _shown(value, show) for key, value in values.items()})


def _number(value: Value) -> int:
    """French and English agree with a number, or with how many are listed."""
    return value if isinstance(value, int) else len(value)


def _shown(value: Value, show: Show) -> str:
    if isinstance(value, int):
        return amount(value)
    if isinstance(value, Said):
        return value
    if isinstance(value, str):
        return show(value)
    shown = [show(name) for name in value.names]
    return enumeration([in_quotes(name) for name in shown] if value.quoted else shown)
