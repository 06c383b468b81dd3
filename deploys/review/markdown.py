"""Markdown for a forge's comment, from words that strangers write.

What a stranger writes must stay text: no @mention that notifies a team, no #123 that links a thread, no link, no
image, no HTML, no end of a fence. A backslash does not do it (forges look for mentions in the rendered text), so
whatever is more than plain words goes into a code span, where nothing is looked for.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from deploys.review.words import plain

# Letters with their accents, spaces and the signs inside names. No digit after a dash (GH-12), no dot inside a word
# (www.example.org), nothing that Markdown reads.
_WORDS = re.compile(
    r"[^\W\d_]([^\W\d_]|[ '’,-](?=[^\W\d_ («])|[ ](?=[\d(])|\d(?![^\W\d_])|[()«»\u00a0\u202f])*\.?", re.UNICODE
)
_LONGEST_LINE = 400


def text(value: str) -> str:
    """A stranger's words within a sentence."""
    value = plain(unicodedata.normalize("NFC", value.replace("\t", " "))).strip()
    if not value or _WORDS.fullmatch(value):
        return value
    return code(value)


def code(value: str) -> str:
    """A code span around anything."""
    value = plain(value.replace("\t", " ")).strip() or " "
    ticks = "`" * (_longest_run(value) + 1)
    space = " " if value.startswith("`") or value.endswith("`") else ""
    return f"{ticks}{space}{value}{space}{ticks}"


def html(value: str) -> str:
    """The same inside an HTML element."""
    return f"<code>{escape(plain(value), quote=True)}</code>"


def block(lines: Iterable[str], language: str = "") -> str:
    """A fenced block that no line of it can close."""
    shown = [_line(line) for line in lines]
    ticks = "`" * max(3, max(map(_longest_run, shown), default=0) + 1)
    return "\n".join([f"{ticks}{language}", *shown, ticks])


def folded(title: str, body: str) -> str:
    """A part that opens at a click. The title is HTML of ours."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def size(value: str) -> int:
    """The length that stays under every forge's way to count characters: UTF-16 units."""
    return len(value.encode("utf-16-le")) // 2


def _line(line: str) -> str:
    line = plain(line.replace("\t", "    "))
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"


def _longest_run(value: str) -> int:
    return max(map(len, re.findall("`+", value)), default=0)


@dataclass(frozen=True)
class Item:
    """One whole thing of a comment, which is shown or left out; `forms` go from the fullest to the shortest.

    A lower `rank` is kept first. `heading` stands before the first shown item that has it.
    """

    rank: int
    forms: Sequence[str]
    kind: str = ""
    name: str = ""
    heading: str = ""


@dataclass
class Cut:
    """What a comment does not show: the names by kind of what was left out, and of what was shortened."""

    missing: dict[str, list[str]] = field(default_factory=dict)
    shortened: dict[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.missing or self.shortened)


def compose(items: Sequence[Item], limit: int, note: Callable[[Cut], str], reserve: int = 5000) -> str:
    """The comment under its limit: first every item in its shortest form, then each as full as there is room.

    `note` says what was cut; it takes at most `reserve`.
    """
    whole = _joined(items, dict.fromkeys(range(len(items)), 0))
    if size(whole) <= limit:
        return whole
    room = limit - reserve
    chosen: dict[int, int] = {}
    order = sorted(range(len(items)), key=lambda index: (items[index].rank, index))
    used, headings = 0, set[str]()
    for index in order:
        item, shortest = items[index], len(items[index].forms) - 1
        cost = size(item.forms[shortest]) + 2 + (size(item.heading) + 2 if item.heading not in headings else 0)
        if used + cost <= room:
            chosen[index] = shortest
            headings.add(item.heading)
            used += cost
    for index in order:
        if index not in chosen:
            continue
        forms = items[index].forms
        for form in range(chosen[index]):
            more = size(forms[form]) - size(forms[chosen[index]])
            if used + more <= room:
                chosen[index] = form
                used += more
                break
    cut = Cut()
    for index, item in enumerate(items):
        if index not in chosen:
            cut.missing.setdefault(item.kind, []).append(item.name)
        elif chosen[index]:
            cut.shortened.setdefault(item.kind, []).append(item.name)
    return "\n\n".join([_joined(items, chosen), note(cut)])


def _joined(items: Sequence[Item], chosen: dict[int, int]) -> str:
    parts: list[str] = []
    headings = set[str]()
    for index, item in enumerate(items):
        if index not in chosen:
            continue
        if item.heading and item.heading not in headings:
            parts.append(item.heading)
            headings.add(item.heading)
        shown = item.forms[chosen[index]]
        if parts and shown.startswith("- ") and parts[-1].startswith("- "):
            parts[-1] += f"\n{shown}"  # one list
        else:
            parts.append(shown)
    return "\n\n".join(parts)
