"""The order in which an edge router is changed: what is named before it is used, our own way last, then what goes.

The bastion's packets come over one uplink, and are answered by what is learned there. So whatever concerns another
uplink comes first, and the one that carries us last; after each part a new session must get in.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from roles.network.planner import DONE, Line, Part
from roles.network.remediation import Remediation
from roles.network.routing import RouterFacts, RouterRow, RouterView, Step, Way

BEFORE, THEN = 0, 1  # of a part: what comes, what goes


@dataclass(frozen=True)
class Ways:
    """The ways before and after a change."""

    before: RouterView
    after: RouterView

    @cached_property
    def kept(self) -> frozenset[str]:
        """Those that lead back before and afterwards, and do not change in between."""
        return frozenset(
            name
            for name, way in self.before.leading.items()
            if name in self.after.leading and _same(way, self.after.leading[name])
        )

    @cached_property
    def carrier(self) -> str | None:
        """The uplink that is touched last: one that stays as it is, else the one that is taken now."""
        among = self.kept or self.before.leading.keys()
        return max(among, key=lambda name: (self.before.ways[name].preference, name), default=None)

    @property
    def in_one_write(self) -> bool:
        """Whether there is no other way while the last one changes."""
        return not self.kept and self.carrier is not None and not (self.after.leading.keys() - {self.carrier})

    @cached_property
    def peers(self) -> Mapping[str, str]:
        """By neighbour, the uplink that it is on."""
        return {str(way.peer): name for view in (self.before, self.after) for name, way in view.ways.items()}

    def is_uplink(self, interface: str) -> bool:
        return interface in self.before.ways or interface in self.after.ways


def _same(one: Way, other: Way) -> bool:
    """Whether a session goes on. Another key ends it as soon as either end has it."""
    return (one.address, one.peer, one.asn, one.key) == (other.address, other.peer, other.asn, other.key)


@dataclass(frozen=True)
class _Leaf:
    """A line of the proposal and what we know of it. `inner` opens the section within the section."""

    section: str
    inner: str
    text: str
    step: Step
    rank: int
    why: str
    goes: bool
    uplink: str = ""  # of a line about an uplink or its session
    stays_there: bool = False


def routed(facts: RouterFacts, found: Remediation, ways: Ways) -> tuple[Line, ...]:
    """The lines of a remediation in the order in which they are safe, each with its part and its reason."""
    leaves = [_leaf(facts, ways, section, line) for section, line in _lines(found)]
    leaves += _freed(ways)
    pairs = _replaced(leaves)
    sections = {leaf.section: number for number, leaf in enumerate(leaves)}
    placed = sorted(
        ((*_place(ways, leaf, pairs), sections[leaf.section], leaf.rank, number) for number, leaf in enumerate(leaves)),
    )
    lines: list[Line] = []
    for (part, section), group in groupby(placed, key=lambda each: (each[0], leaves[each[-1]].section)):
        opened = [leaves[each[-1]] for each in group]
        known = section in found.before
        lines += _written(facts, part, section, opened, known, at_once=part is Part.MOVE and ways.in_one_write)
    if ways.before.ways and any(re.fullmatch(facts.filters, line.text.strip()) for line in lines):
        lines.append(Line("", facts.again, "filters hold for what was learned before too", Part.AFTER))
    return tuple(sorted(lines, key=lambda line: line.part))


def _lines(found: Remediation) -> Iterator[tuple[str, str]]:
    for section in found.delta.children:
        if section.children:
            yield from ((section.text, line.text) for line in section.children)
        else:
            yield "", section.text


def _leaf(facts: RouterFacts, ways: Ways, section: str, text: str) -> _Leaf:
    goes = facts.takes_back(text)
    inner, line = _split(facts, text)
    row, groups = next(
        ((row, match) for row in facts.rows if (match := _match(row, section, text)) is not None),
        (RouterRow(Step.OTHER, "", "", ""), {}),
    )
    if row.why == "" and goes:  # where it stands, and when, is as for the line that it takes back
        row, groups = next(
            (
                (replace(row, rank=9), match)
                for row in facts.rows
                if (match := _match(row, section, text.removeprefix(f"{facts.negation} "))) is not None
            ),
            (row, groups),
        )
        row = replace(row, why="no longer intended")
    interface = section.removeprefix("interface ") if section.startswith("interface ") else ""
    uplink = interface if ways.is_uplink(interface) else ways.peers.get(groups.get("peer") or "", "")
    opened = _interface_of(text)
    step = Step.WAY if ways.is_uplink(interface) or (opened and ways.is_uplink(opened)) else row.step
    return _Leaf(section, inner, line, step, row.rank, row.why or "intended", goes, uplink or opened, row.stays_there)


def _interface_of(text: str) -> str:
    """Of a line that opens an interface, or takes one away."""
    found = re.fullmatch(r"(?:no )?interface (\S+)", text)
    return found[1] if found else ""


def _match(row: RouterRow, section: str, line: str) -> dict[str, str | None] | None:
    outer, inner = re.fullmatch(row.section, section), re.fullmatch(row.line, line)
    return {**outer.groupdict(), **inner.groupdict()} if outer and inner else None


def _split(facts: RouterFacts, text: str) -> tuple[str, str]:
    """The section within the section, and the line in it: `no A | B` is `no B` in A."""
    no = f"{facts.negation} " if facts.takes_back(text) else ""
    inner, within, line = text.removeprefix(no).partition(facts.within)
    return (inner, no + line) if within else ("", text)


def _freed(ways: Ways) -> Iterator[_Leaf]:
    """Two interfaces never have the same network: who gives one away loses it before the other has it."""
    for name, address in ways.before.addresses.items():
        wanted = ways.after.addresses.get(name)
        taken = any(
            other != name and was.network.overlaps(address.network) for other, was in ways.after.addresses.items()
        )
        if taken and wanted is not None and wanted != address and not ways.is_uplink(name):
            why = "its network goes to another VLAN"
            yield _Leaf(f"interface {name}", "", "no ip address", Step.LAN_GOES, 0, why, True, "", True)


def _replaced(leaves: Iterable[_Leaf]) -> frozenset[str]:
    """Entries of prefix lists in whose number another comes: IOS takes none where one stands."""
    numbers = [(leaf.goes, found[0]) for leaf in leaves if (found := SEQUENCE.search(leaf.text))]
    return frozenset(number for goes, number in numbers if goes) & {number for goes, number in numbers if not goes}


SEQUENCE = re.compile(r"ip prefix-list \S+ seq \d+(?= )")


def _place(ways: Ways, leaf: _Leaf, replaced: frozenset[str]) -> tuple[Part, int, int, str, int]:
    """The part that a line is sent in, and its place there: what comes, by step; what goes, the other way round."""
    number = SEQUENCE.search(leaf.text)
    if number and number[0] in replaced:  # the old entry, and at once the new one
        return Part.REST, BEFORE, leaf.step, number[0], 0 if leaf.goes else 1
    if leaf.step is Step.GUARD:
        return Part.GUARD, BEFORE, leaf.step, "", 0
    if leaf.step is Step.LOGIN:
        return Part.LOGIN, THEN if leaf.goes else BEFORE, leaf.step, "", 0
    if leaf.step is Step.WAY:
        ours = ways.carrier is not None and (leaf.uplink == ways.carrier or _all_sessions(leaf))
        session = 0 if leaf.section.startswith("interface ") else 1
        return (Part.MOVE if ours else Part.PATH), BEFORE, leaf.step, "", session
    if leaf.goes and not leaf.stays_there:
        return Part.AFTER, THEN, -leaf.step, "", 0
    return Part.REST, BEFORE, leaf.step, "", 0


def _all_sessions(leaf: _Leaf) -> bool:
    """Whether a line ends every session for a moment."""
    return leaf.text.startswith("bgp router-id ")


def _written(
    facts: RouterFacts, part: Part, section: str, leaves: Iterable[_Leaf], known: bool, *, at_once: bool
) -> Iterator[Line]:
    def line(inside: str, text: str, why: str) -> Line:
        return Line(inside, text, why, part, at_once)

    if not section:
        for leaf in leaves:
            yield line("", leaf.text, leaf.why)
            if re.fullmatch(facts.opens, leaf.text) and not leaf.goes:
                yield line(leaf.text, f" {facts.leave}", DONE)
        return
    yield line("", section, "these lines differ" if known else "it is new")
    for inner, lines in groupby(leaves, key=lambda leaf: leaf.inner):
        indent = "  " if inner else " "
        if inner:
            yield line(section, f" {inner}", "what follows is of this")
        yield from (line(section, f"{indent}{leaf.text}", leaf.why) for leaf in lines)
        if inner:
            yield line(section, f"  {facts.leave_inner.get(inner.split()[0], facts.leave)}", DONE)
    yield line(section, f" {facts.leave}", DONE)
