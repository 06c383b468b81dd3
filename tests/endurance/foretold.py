"""What each line of a plan foretells of a scan: the differences that must be seen, and those that may follow."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any

from tests.endurance.effects import DIRECTORY, LINES, Seen
from tests.endurance.scan import Scan, of_the_image

FILE = re.compile(
    r"(?P<path>/\S+): "
    r"(?P<what>new file|changed|owner or mode|secret content differs|content differs)( \((secret|\d+ bytes)\))?"
)


@dataclass(frozen=True)
class Foretold:
    """One line of a plan: each of `must` is seen at least once, and what `may` matches is explained by it too."""

    line: str
    must: tuple[Seen, ...]
    may: tuple[Seen, ...] = ()
    diff: tuple[str, ...] = field(default=(), compare=False)


def foretold(change: dict[str, Any]) -> list[Foretold]:
    """What one change of a plan foretells. A line that this test does not know is a failure, not a pass."""
    lines = [line["text"] for line in change["lines"]]
    if change["kind"] == "device":
        return list(_device(lines))
    found: list[Foretold] = []
    for line in lines:
        if found and line[:1] in "+-" and found[-1].must[0].kind == "file":
            last = found[-1]
            found[-1] = Foretold(last.line, last.must, last.may, (*last.diff, line))
        elif file := FILE.fullmatch(line):
            found.append(_file(line, file["path"], file["what"]))
        else:
            found.append(_known(line, change["step"]))
    return found


def _file(line: str, path: str, what: str) -> Foretold:
    nature = {"new file": "created", "owner or mode": "rights"}.get(what, "content( and rights)?")
    return Foretold(line, (Seen("file", re.escape(path), nature),))


def _known(line: str, step: str) -> Foretold:
    for pattern, make in DIRECTORY if step.startswith("directory: ") else LINES:
        if match := re.fullmatch(pattern, line):
            must, may = make(*map(re.escape, match.groups()))
            return Foretold(line, tuple(must), tuple(may))
    raise AssertionError(f"a line of a plan that this test cannot read: {line!r}")


def _device(lines: Iterable[str]) -> Iterator[Foretold]:
    """Lines of a device's own language: one that adds is seen, and one that begins with `no` takes away."""
    section = ""
    for line in lines:
        text = line.strip()
        if line.startswith("  ") and section:
            place = section
        elif line.startswith(" "):
            place = section.split(" > ")[0]
        else:
            place = ""
        whole = f"{place} > {text}" if place else text
        if line == "save the running configuration":
            yield Foretold(line, ())
        elif text.startswith("no "):
            gone = f"{place} > {text[3:]}" if place else text[3:]
            yield Foretold(line, (Seen("config", f"{re.escape(gone)}.*", "removed"),), _follows(gone))
        elif text in ("exit", "exit-address-family", "end"):
            continue
        elif re.match(r"(interface|router|vlan|address-family) ", text):
            yield Foretold(line, (), (Seen("config", re.escape(whole)),))
        else:
            yield Foretold(line, _added(place, text), _follows(whole))
        if re.match(r"(interface|router|vlan|address-family) ", text):
            section = whole


def _added(place: str, text: str) -> tuple[Seen, ...]:
    if vlans := re.match(r"switchport trunk allowed vlan (?:add|remove) ", text):
        text = text[: vlans.start()] + "switchport trunk allowed vlan "
        return (Seen("config", f"{re.escape(place)} > {re.escape(text)}.*", "created"),)
    if text == "shutdown":
        return (Seen("config", re.escape(f"{place} > {text}"), "created"),)
    return (Seen("config", re.escape(f"{place} > {text}" if place else text), "created"),)


def _follows(whole: str) -> tuple[Seen, ...]:
    """What a line replaces: one of the same place and words, but for its last."""
    stem = " ".join(whole.split()[:-1])
    stem = re.sub(r"(trunk allowed vlan) (add|remove)$|(prefix-list \S+ seq \d+) .*", r"\1\3", stem)
    return (Seen("config", f"{re.escape(stem)} .*"), Seen("config", f"{re.escape(whole)} > .*"))


def same_text(told: Foretold, host: str, before: Scan, after: Scan) -> str:
    """Why the diff of a file in a plan is not the one between two scans; nothing where it is, or is not shown."""
    match = FILE.fullmatch(told.line)
    if not match or match["what"] not in ("new file", "changed") or told.line.endswith(("(secret)", "bytes)")):
        return ""
    path = match["path"]
    new = after.files[host].get(path)
    old = before.files[host].get(path) or of_the_image(path)
    if new is None or new.text is None:
        return f"{host}: {path}: not there, or no text"
    earlier = (old.text or "") if old else ""
    lines = list(unified_diff(earlier.splitlines(), new.text.splitlines(), lineterm="", n=0))[2:]
    seen = tuple(line for line in lines if not line.startswith("@@"))
    return "" if seen == told.diff else f"{host}: {path}: planned {told.diff}, seen {seen}"
