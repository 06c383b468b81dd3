"""The order in which an access switch is changed: add, move, then remove; our own way in last and alone.

What is sent is the library's proposal; when, is ours. hier_config orders within a section only, and knows nothing of
the path that carries the change.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property, lru_cache
from itertools import groupby

from roles.network.platform import About, Reasons, Row, SwitchFacts, View
from roles.network.remediation import Remediation

DONE = "done with it"


class Part(IntEnum):
    """What is sent together. After each part but the first two, a new session must get in before the next is sent."""

    GUARD = 0  # what the guard needs, so before it
    REST = 1  # nothing of it can cut the management path
    PATH = 2  # ports that carry it, its address, its gateway: the old path stays until a new session came in
    MOVE = 3  # the address itself moves: in one write, because between two lines there is no path
    AFTER = 4  # what only the old path needed, and the spanning tree
    LOGIN = 5  # terminal lines, AAA, SSH, users
    ADMISSION = 6  # ports of others ask who is behind them: what answers is there, and so are we

    @property
    def ours(self) -> bool:
        """Whether it is about our own way in."""
        return Part.REST < self < Part.ADMISSION


@dataclass(frozen=True)
class Line:
    """One line to send. `section` opens the section that it stands in; "" where it stands by itself.

    `at_once`: in one write with those around it, because between two of them there is no path.
    """

    section: str
    text: str
    why: str
    part: Part = Part.REST
    at_once: bool = False


@dataclass(frozen=True)
class Paths:
    """The management path before and after a change."""

    before: View
    after: View

    @cached_property
    def old(self) -> frozenset[int]:
        """VLANs whose address goes away."""
        return frozenset(self.before.paths) - frozenset(self.after.paths)

    @cached_property
    def moves(self) -> bool:
        """Whether the switch can never have both addresses: one replaces the other, or their networks overlap."""
        return any(
            address != was if vlan == where else where in self.old and address.network.overlaps(was.network)
            for vlan, address in self.after.paths.items()
            for where, was in self.before.paths.items()
        )

    def carries(self, port: str) -> bool:
        """Whether our own session may come through this port."""
        return any(port in view.carriers(vlan) for view in (self.before, self.after) for vlan in view.paths)

    def bridged_by_tag(self, port: str) -> bool:
        """Whether a mixed port carries the new path by a tag, beside what it has: before it loses anything."""
        if not self._mixed(port):
            return False
        after = self.after.ports[port]
        return any(vlan in after.carries - {after.untagged} for vlan in self.after.paths)

    def bridged_without_tag(self, port: str) -> bool:
        """Whether a mixed port carries the new path without tag while a tag still carries the old one."""
        if not self._mixed(port):
            return False
        before, after = self.before.ports[port], self.after.ports[port]
        replaced = before.untagged in self.old  # by the new one, at once
        return not replaced and after.untagged in self.after.paths and bool(before.carries & self.old)

    def _mixed(self, port: str) -> bool:
        before, after = self.before.ports.get(port), self.after.ports.get(port)
        return bool(before and after and before.mixed and before.carries and after.carries)

    def retags(self, port: str, vlan: int) -> bool:
        """Whether the port has this VLAN without tag now: a tag replaces that, it adds nothing."""
        return port in self.before.ports and self.before.ports[port].untagged == vlan

    def empties_later(self, vlan: int) -> bool:
        """Whether a VLAN that goes is all that some port has until that port joins the path."""
        gone = self.before.vlans - self.after.vlans
        return any(
            vlan in port.members and port.members <= gone and self.carries(name)
            for name, port in self.before.ports.items()
        )

    def lets_go(self, port: str) -> bool:
        """Whether the port carries the old path now and not afterwards: it does so once the new one is proven."""
        return any(port in self.before.carriers(v) and port not in self.after.carriers(v) for v in self.old)


def planned(facts: SwitchFacts, found: Remediation, paths: Paths) -> tuple[Line, ...]:
    """The lines of a remediation in the order in which they are safe, each with its part and its reason."""
    leaves = _whole_ports(facts, [_Leaf.of(facts, found, section, line) for section, line in _leaves(found)])
    keys = {section: number for number, section in enumerate(dict.fromkeys(leaf.section for leaf in leaves))}
    placed = [(*_place(leaf, paths), keys[leaf.section], leaf.rank, leaf) for leaf in leaves]
    placed.sort(key=lambda each: each[:-1])
    lines: list[Line] = []
    for (part, section), group in groupby(placed, key=lambda each: (each[0], each[-1].section)):
        opened = [each[-1] for each in group]
        at_once = part is Part.MOVE or (part > Part.REST and any(leaf.whole for leaf in opened))
        written = _written(facts, part, section, opened, section in found.before)
        lines += (replace(line, at_once=at_once) for line in written)
    return tuple(lines)


def as_proposed(found: Remediation, reasons: Reasons) -> tuple[Line, ...]:
    """The library's own order, for a platform of which we know no better."""
    lines = found.delta.dump_simple(sectional_exiting=True)
    known = {*found.before, *(line for lines in found.before.values() for line in lines)}

    def why(text: str, opens: bool) -> str:
        if text.startswith("exit"):
            return DONE
        if opens:
            return "these lines differ" if text in known else "it is new"
        otherwise = "no longer intended" if text.startswith("no ") else "intended"
        return next((reason for pattern, reason in reasons if re.fullmatch(pattern, text)), otherwise)

    depths = [len(line) - len(line.lstrip()) for line in lines]
    opening = [deeper > depth for depth, deeper in zip(depths, [*depths[1:], 0], strict=False)]
    return tuple(Line("", line, why(line.strip(), opens)) for line, opens in zip(lines, opening, strict=True))


@dataclass(frozen=True)
class _Leaf:
    """A line of the proposal and what we know of it."""

    section: str  # "" for a line that stands by itself
    text: str  # "" for a section that is only opened
    about: About
    rank: int
    why: str
    port: str = ""
    vlan: int = 0
    goes: bool = False  # it takes something back
    whole: bool = False  # its section is written as it is proposed, in that order

    @staticmethod
    def of(facts: SwitchFacts, found: Remediation, section: str, text: str) -> "_Leaf":
        for row in facts.rows:
            if (match := _match(row, section, text)) is not None:
                was = next(
                    (m for m in (_match(row, section, line) for line in found.gone(section)) if m is not None), None
                )
                groups = {name: value for name, value in match.items() if value is not None}
                return _Leaf(
                    section,
                    text,
                    row.about,
                    row.rank,
                    row.why.format(**groups) + (f" (was {was['value']})" if was and was.get("value") else ""),
                    port=groups.get("port", ""),
                    vlan=int(groups.get("vlan", 0)),
                    goes=facts.takes_back(text),
                )
        return _Leaf(section, text, About.OTHER, 5, "no longer intended" if facts.takes_back(text) else "intended")


def _whole_ports(facts: SwitchFacts, leaves: Iterable[_Leaf]) -> list[_Leaf]:
    """Ports that change their kind, where that empties them first: all their lines are about the port, in one order."""
    found = list(leaves)
    pattern = facts.at_once
    whole = {leaf.section for leaf in found if pattern and leaf.section and re.fullmatch(pattern, leaf.text)}
    return [replace(leaf, about=About.PORT, rank=0, whole=True) if leaf.section in whole else leaf for leaf in found]


@lru_cache(maxsize=20_000)  # the switches of a building have most of their lines in common
def _match(row: Row, section: str, line: str) -> Mapping[str, str | None] | None:
    if (outer := re.fullmatch(row.section, section)) and (inner := re.fullmatch(row.line, line)):
        return {**outer.groupdict(), **inner.groupdict()}
    return None


def _leaves(found: Remediation) -> Iterator[tuple[str, str]]:
    for section in found.delta.children:
        if section.children:
            yield from ((section.text, line.text) for line in section.children)
        else:
            yield "", section.text


def _place(leaf: _Leaf, paths: Paths) -> tuple[Part, int]:
    """The part that a line is sent in, and its place there."""
    about = leaf.about
    move = Part.MOVE if paths.moves else Part.PATH
    ours = leaf.vlan in paths.before.paths or leaf.vlan in paths.after.paths
    if about is About.GUARD:
        return Part.GUARD, about
    if about in (About.SERVER, About.ADMISSION):
        return Part.ADMISSION, about
    if about is About.LOGIN:
        return Part.LOGIN, about
    if about in (About.TREE, About.REFERRED_GOES):
        return Part.AFTER, about
    if about is About.GATEWAY:
        # Where a device has several ways back, the old one goes once the new one is proven, and before its port does.
        return (Part.AFTER, About.IDENTITY) if leaf.goes and not paths.moves else (move, about)
    if about is About.TRUNK_GAINS and paths.carries(leaf.port) and paths.retags(leaf.port, leaf.vlan):
        return Part.PATH, about
    if about in (About.PORT, About.PORT_OPENS, About.TRUNK_LOSES) and paths.carries(leaf.port):
        bridges = leaf.vlan in paths.after.paths and paths.bridged_without_tag(leaf.port)
        late = about is About.TRUNK_LOSES or (paths.lets_go(leaf.port) and not bridges)
        return (Part.AFTER if late else Part.PATH), about
    if about in (About.INTERFACE, About.INTERFACE_GOES) and ours:
        if leaf.vlan not in paths.old:
            return move, about
        # Two interfaces never have the same network: the old address goes first, in the same write.
        return (Part.MOVE, About.IDENTITY) if paths.moves else (Part.AFTER, about)
    if about is About.VLAN_GOES and (leaf.vlan in paths.before.paths or paths.empties_later(leaf.vlan)):
        return Part.AFTER, about
    return Part.REST, about


def _written(facts: SwitchFacts, part: Part, section: str, leaves: Iterable[_Leaf], known: bool) -> Iterator[Line]:
    if not section:
        for text, why in _joined(facts, leaves):
            yield Line("", text, why, part)
            if re.fullmatch(facts.opens, text) and not facts.takes_back(text):
                yield Line(text, f" {facts.leave}", DONE, part)
        return
    yield Line("", section, "these lines differ" if known else "it is new", part)
    yield from (Line(section, f" {text}", why, part) for text, why in _joined(facts, leaves))
    yield Line(section, f" {facts.leave}", DONE, part)


def _joined(facts: SwitchFacts, leaves: Iterable[_Leaf]) -> Iterator[tuple[str, str]]:
    """The lines with their reasons; those that only differ by their port are one, with a list of ports."""
    for (beginning, end, why), same in groupby(leaves, key=lambda leaf: _kind(facts, leaf)):
        texts = [leaf.text for leaf in same]
        if beginning:
            ports = facts.ports([text.removeprefix(beginning).removesuffix(end) for text in texts])
            texts = [f"{beginning}{ports}{end}"]
        yield from ((text, why) for text in texts)


def _kind(facts: SwitchFacts, leaf: _Leaf) -> tuple[str, str, str]:
    """What lines must have in common to be one: what stands around their port ("" where they have none), and why."""
    found = re.fullmatch(facts.listed, leaf.text) if facts.listed else None
    return (found[1], found[3] or "", leaf.why) if found else ("", "", leaf.why)
