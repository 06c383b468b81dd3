"""The report of a change: a summary in one sentence, then what happens to each institution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from deploys.review.compare import Change
from deploys.review.phrases import (
    LABELS,
    LAYOUT,
    NOTHING,
    NOTHING_REMOVED,
    OTHER,
    PHRASES,
    PLACED,
    PLATFORM,
    SIZES,
    SUMMARY,
)
from deploys.review.words import Said, Show, Value, phrase, plain, sentence

SIZE_KEYS = ("size_raised", "size_lowered")


@dataclass(frozen=True)
class Report:
    """The facts of a change, ready to be said on a terminal or in a comment."""

    changes: Sequence[Change]
    names: Mapping[str, str]
    files: Sequence[str] = ()

    def summary(self, show: Show = plain) -> str:
        """The change in one sentence, such as « 2 boîtes créées, 1 partage créé, rien n'est supprimé. »."""
        if not self.changes:
            return sentence(LAYOUT if self.files else NOTHING)
        parts, removes = [], False
        for keys, forms, removal in SUMMARY:
            things = {_identity(change): change.count for change in self.changes if change.key in keys}
            if things:
                parts.append(phrase(forms, n=sum(things.values())))
                removes = removes or removal
        sizes = [change for change in self.changes if change.key in SIZE_KEYS]
        if len(sizes) == 1:
            owned = "1 " if sizes[0].owner else ""
            parts.append(f"{owned}{phrase(PHRASES[sizes[0].key], show, **_said(sizes[0], show, placed=False))}")
        elif sizes:
            parts.append(phrase(SIZES, n=len(sizes)))
        if not removes:
            parts.append(phrase(NOTHING_REMOVED))
        text = ", ".join(parts)
        return f"{text[:1].upper()}{text[1:]}."

    def groups(self, show: Show = plain) -> list[tuple[str, list[str]]]:
        """Each institution with its sentences; the platform comes last."""
        return [
            (self._title(owner, show), [self._item(change, show) for change in changes])
            for owner, changes in groupby(self.changes, key=lambda change: change.owner)
        ]

    def text(self) -> str:
        """For a terminal."""
        lines = [self.summary()]
        for title, items in self.groups():
            lines += ["", title, *(f"  - {item}" for item in items)]
        return "\n".join(lines)

    def _title(self, owner: str, show: Show) -> str:
        if not owner:
            return phrase(PLATFORM)
        return f"{show(self.names.get(owner, owner))} ({show(owner)})"

    def _item(self, change: Change, show: Show) -> str:
        values = _said(change, show)
        if isinstance(other := values.get("other"), str):
            values["other"] = self.names.get(other, other)
        return sentence(PHRASES[change.key], show, **values)


def _said(change: Change, show: Show, *, placed: bool = True) -> dict[str, Value]:
    """The values of a change; a setting is called by its label."""
    values = dict(change.values)
    path = values.pop("path", None)
    if path is None:
        return values
    place = str(values.pop("place", ""))
    words = LABELS.get(str(path).rsplit(".", 1)[-1])
    label = phrase(words) if words else phrase(OTHER, show, path=path)
    if placed:
        label = phrase(PLACED, show, place=place, label=Said(label)) if place else f"{label[:1].upper()}{label[1:]}"
    return values | {"label": Said(label)}


# The values that tell one thing from another, so that a group that gains and loses people counts once.
_IDENTITY = ("login", "group", "share", "id", "site", "name", "switch", "port", "router", "interface", "place", "path")


def _identity(change: Change) -> tuple[str, ...]:
    if change.key == "login_changed":
        return (change.owner, str(change.values["new"]))
    return (change.owner, *(str(change.values.get(key, "")) for key in _IDENTITY))
