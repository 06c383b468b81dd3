"""What this process has revealed, hidden again in everything that it prints.

A value is looked for as it is and in the forms in which programs carry it: base64 (also as a part of something longer,
and in UTF-16 as Active Directory wants its passwords), quoted for a shell, escaped for JSON, percent-encoded.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

SHOWN = "***"
SHORTEST = 6  # less than this is a word like another: hiding it would spoil every text
LONG_LINE = 16

_revealed: set[str] = set()
_pending: list[str] = []
_forms: dict[str, list[str]] = {}  # by their first characters, the longest first
_spanning: set[str] = set()  # those of several lines


def remember(value: str) -> None:
    """A secret that is in use from now on."""
    if value not in _revealed:
        _revealed.add(value)
        _pending.append(value)


def masked(text: str) -> str:
    """The text with *** for each secret that this process has revealed."""
    _index()
    if not _forms:
        return text
    if any(form in text for form in _spanning):
        return _searched(text)
    return "".join(map(_searched, text.splitlines(keepends=True)))


@lru_cache(maxsize=20_000)  # configurations and plans have most of their lines in common
def _searched(text: str) -> str:
    kept: list[str] = []
    at = done = 0
    while at <= len(text) - SHORTEST:
        for form in _forms.get(text[at : at + SHORTEST], ()):
            if text.startswith(form, at):
                kept += text[done:at], SHOWN
                at = done = at + len(form)
                break
        else:
            at += 1
    return "".join(kept) + text[done:] if kept else text


def _index() -> None:
    if _pending:
        _searched.cache_clear()
    while _pending:
        for form in set(_written(_pending.pop())):
            if len(form) >= SHORTEST:
                group = _forms.setdefault(form[:SHORTEST], [])
                if form not in group:
                    group.append(form)
                    _spanning.update([form] if len(form.splitlines()) > 1 else [])
                    group.sort(key=len, reverse=True)


def _written(value: str) -> Iterator[str]:
    for part in (value, value.strip(), *_lines(value)):
        if len(part) < SHORTEST:
            continue
        yield part
        yield from (json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1])
        yield quote(part, safe="")
        once = part.replace("'", "'\"'\"'")  # as shlex.quote does, and pyinfra once more around it
        yield from (once, once.replace("'", "'\"'\"'"), part.replace("'", "'\\''"))
        yield b64encode(part.encode()).decode()
        yield from _within_base64(part.encode())
        yield from _within_base64(part.encode("utf-16-le"))


def _lines(value: str) -> Iterator[str]:
    """The lines of a key: diffs and logs show it line by line."""
    lines = value.splitlines()
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= LONG_LINE and not line.startswith("-----"))


def _within_base64(value: bytes) -> Iterator[str]:
    """What is the same in the base64 of any text that holds the value, for each place modulo 3 where it may begin."""
    for before, first in ((0, 0), (1, 2), (2, 3)):
        whole = b64encode(bytes(before) + value).decode()
        yield whole[first : (before + len(value)) * 8 // 6]
