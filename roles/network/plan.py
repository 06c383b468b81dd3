"""What one device is to be sent, in order, each line with its reason; or why it must not be changed at all."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import groupby

from roles.network.lockout import Host, refusal
from roles.network.planner import Line, Part, Paths, as_proposed, planned
from roles.network.platform import Platform
from roles.network.remediation import remediation
from roles.network.router_lockout import refusal as why_not
from roles.network.router_planner import Ways, routed
from roles.network.scrub import shown


@dataclass(frozen=True)
class Plan:
    lines: tuple[Line, ...]
    unmanaged: tuple[str, ...]
    refused: str | None = None
    first: bool = False  # nobody reaches it through the network yet: the change is made past it

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What is sent."""
        return tuple(line.text for line in self.lines)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The same for people and files: without secrets."""
        return tuple(shown(line.text) for line in self.lines)

    @property
    def why(self) -> tuple[str, ...]:
        return tuple(line.why for line in self.lines)

    def part(self, part: Part) -> tuple[str, ...]:
        return tuple(line.text for line in self.lines if line.part is part)

    def writes(self, part: Part) -> Iterator[tuple[bool, tuple[str, ...]]]:
        """The lines of a part in the groups in which they are sent, and whether a group is one write."""
        lines = (line for line in self.lines if line.part is part)
        for at_once, group in groupby(lines, key=lambda line: line.at_once):
            yield at_once, tuple(line.text for line in group)


def plan(
    platform: Platform,
    running: str,
    intended: str,
    hosts: Callable[[], Sequence[Host]] = lambda: (),
    console: bool = False,
) -> Plan:
    """Compare what runs with what is intended. `hosts` (learned addresses) are asked for where something changes.

    Over its `console` nobody needs an address that DHCP gave a device: it may go.
    """
    found, paths = _compared(platform, below_heading(platform, running), intended, console)
    if not found.lines or paths is None:
        return found
    removed = sorted(paths.before.vlans - paths.after.vlans)
    return replace(found, refused=refusal(paths, hosts(), removed))


def below_heading(platform: Platform, running: str) -> str:
    """What is saved then reads as what runs, and is compared once."""
    return re.sub(rf"\A\s*(?:(?:{platform.heading}).*\s+)+", "", running) if platform.heading else running


@lru_cache(maxsize=500)  # a device that is changed still runs what it ran when it was looked at
def _compared(platform: Platform, running: str, intended: str, console: bool) -> tuple[Plan, Paths | None]:
    """The plan as far as it follows from what is given alone, and of a switch the ways to it."""
    found = remediation(platform, running, intended)
    if platform.router:
        ways = Ways(platform.router.view(found.before), platform.router.view(found.after))
        routes = routed(platform.router, found, ways)
        return Plan(routes, found.unmanaged, why_not(ways) if routes else None, first=not ways.before.leading), None
    if platform.switch is None:
        return Plan(as_proposed(found, platform.reasons), found.unmanaged), None
    before = platform.switch.view(found.before)
    paths = Paths(before.fixed if console else before, platform.switch.view(found.after))
    lines = planned(platform.switch, found, paths)
    return Plan(lines, found.unmanaged, first=bool(lines) and not paths.before.paths), paths
