"""From a file to its text: what is not a plain UTF-8 file of a sensible size is refused, and said."""

import codecs
import errno
import os
import re
import stat
from math import ceil
from pathlib import Path

import yaml

from inventory.model.messages import say
from inventory.model.problems import InventoryError, Problem, shorten

LARGEST = 5 * 2**20  # bytes: some 80,000 people in one file

# What editors do not show, or show as another line: everything that is in none of these ranges.
UNSEEN = re.compile(
    "[^\n\r -~\xa0-\xac\xae-\u200a\u2010-\u2027\u202f-\u205f\u206a-\ud7ff\ue000-\ufefe\uff00-\ufff8\ufffc\ufffd"
    "\U00010000-\U0010ffff]"
)
LONE_RETURN = re.compile(r"\r(?!\n)")
# A space that does not separate, where YAML needs one that does.
HARD_SPACES = "\xa0\u2007\u202f"
HARD_SPACE = re.compile(f"(^[ -]*|:)[{HARD_SPACES}]", re.MULTILINE)
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "UTF-8 BOM", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


def read(path: Path, shown_as: Path) -> str:
    """The text of a file. Raises InventoryError with the first thing that keeps it from being one."""

    def refuse(line: int, column: int, message: str) -> InventoryError:
        return InventoryError([Problem(shown_as, line, column, message)])

    try:
        content = _content(path)
    except _NotReadableError as error:
        raise refuse(1, 1, str(error)) from None
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            raise refuse(1, 1, say("encoding", encoding=encoding))
    if content[:200].count(0) * 3 > len(content[:200]):
        raise refuse(1, 1, say("encoding", encoding="UTF-16"))
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        byte = content[error.start : error.start + 1]
        guess = shorten(byte.decode("cp1252", errors="replace")) or "?"
        raise refuse(*place(before, len(before)), say("not_utf8", byte=byte.hex().upper(), guess=guess)) from None
    found = UNSEEN.search(text) or LONE_RETURN.search(text)
    if found:
        key = "tab" if found[0] == "\t" else "unseen"
        raise refuse(*place(text, found.start()), say(key, code=f"U+{ord(found[0]):04X}"))
    found = HARD_SPACE.search(text) if any(space in text for space in HARD_SPACES) else None
    if found:
        raise refuse(*place(text, found.end() - 1), say("hard_space", code=f"U+{ord(found[0][-1]):04X}"))
    return text


def place(text: str, index: int) -> tuple[int, int]:
    """The line and column of a character, both from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def inside(text: str, mark: yaml.Mark) -> tuple[int, int]:
    """A place that libyaml names, from 1: past the end of a text it means the end."""
    if mark.index >= len(text):
        return place(text.rstrip("\n"), len(text.rstrip("\n")))
    return mark.line + 1, mark.column + 1


class _NotReadableError(Exception):
    pass


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_no_link_no_wait) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise IsADirectoryError
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise _NotReadableError(say("no_such_file")) from None
    except IsADirectoryError:
        raise _NotReadableError(say("not_a_file", value=path.name)) from None
    except OSError as error:
        key = "link" if error.errno == errno.ELOOP else "not_readable"
        raise _NotReadableError(say(key, value=path.name, code=error.errno)) from None
    if len(content) > LARGEST:
        raise _NotReadableError(say("too_large", size=ceil(about.st_size / 2**20 * 10) / 10, limit=LARGEST // 2**20))
    return content


def _no_link_no_wait(path: str, flags: int) -> int:
    """Open neither a link (it may lead out of the folder) nor a pipe until it answers."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
