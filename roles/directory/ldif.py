"""LDIF (RFC 2849): what the directory's own tools read and write."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

Attributes = Mapping[str, Sequence[str | bytes]]
Entries = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Add:
    """A new entry."""

    dn: str
    attributes: Attributes


Step = tuple[str, str, Sequence[str]]  # add, delete or replace; attribute; values


@dataclass(frozen=True)
class Modify:
    """Steps on one entry."""

    dn: str
    steps: Sequence[Step]


@dataclass(frozen=True)
class Move:
    """A new place in the tree."""

    dn: str
    to: str


Record = Add | Modify | Move


def parse(lines: Iterable[str]) -> Entries:
    """The entries of an LDIF text: the values of each attribute, by DN. Comments and referrals are passed over."""
    entries: Entries = {}
    current: dict[str, list[str]] = {}
    for line in "\n".join(lines).replace("\n ", "").split("\n"):  # unfolded: as one text, which is the quickest
        if not line:
            current = {}
        if not line or line.startswith("#"):
            continue
        name, _, value = line.partition(":")
        value = b64decode(value[1:]).decode() if value.startswith(":") else value.lstrip(" ")
        if name == "dn":
            current = entries.setdefault(value, {})
        elif name in current:
            current[name].append(value)
        else:
            current[name] = [value]
    return entries


def text_of(records: Iterable[Record]) -> str:
    """The LDIF text that makes these changes."""
    return "\n".join("\n".join(_lines(record)) + "\n" for record in joined(records))


def joined(records: Iterable[Record]) -> Iterator[Record]:
    """The same in fewer records: a thousand people who join a group are one change of the group."""
    for (dn, modified), group in groupby(records, lambda record: (record.dn, isinstance(record, Modify))):
        if modified:
            steps = [step for record in group if isinstance(record, Modify) for step in record.steps]
            yield Modify(dn, [*_together(steps)])
        else:
            yield from group


def _together(steps: Iterable[Step]) -> Iterator[Step]:
    """What is added to or deleted from one attribute, in one step."""
    for (verb, name), group in groupby(steps, lambda step: step[:2]):
        if verb == "replace":
            yield from group
        else:
            yield verb, name, [value for _, _, values in group for value in values]


def _lines(record: Record) -> list[str]:
    lines = [_line("dn", record.dn)]
    match record:
        case Add():
            lines.append("changetype: add")
            lines += [_line(name, value) for name, values in record.attributes.items() for value in values]
        case Modify():
            lines.append("changetype: modify")
            for verb, name, values in record.steps:
                lines += [f"{verb}: {name}", *(_line(name, value) for value in values), "-"]
        case Move():
            leaf, _, parent = record.to.partition(",")
            lines += ["changetype: modrdn", _line("newrdn", leaf), "deleteoldrdn: 1", _line("newsuperior", parent)]
    return lines


def _line(name: str, value: str | bytes) -> str:
    """One attribute, in base64 unless it is plain text (RFC 2849: SAFE-STRING)."""
    raw = value.encode() if isinstance(value, str) else value
    plain = all(32 <= byte < 127 for byte in raw) and not raw.startswith((b" ", b":", b"<")) and not raw.endswith(b" ")
    return f"{name}: {raw.decode()}" if plain else f"{name}:: {b64encode(raw).decode()}"
