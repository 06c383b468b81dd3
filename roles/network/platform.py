"""What must be known of a platform to change its configuration safely. Knowledge is data; code is the exception."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache, cached_property
from ipaddress import IPv4Address, IPv4Interface
from typing import Any, cast

from hier_config import HConfig
from hier_config.models import IdempotentCommandsRule, MatchRule, OrderingRule
from hier_config.platforms.driver_base import HConfigDriverBase
from netmiko import BaseConnection

from roles.network.dialogue import Dialogue
from roles.network.guard import Guard
from roles.network.routing import RouterFacts
from roles.network.shown import Host, Show, Shown

Sections = Mapping[str, tuple[str, ...]]  # the lines of a configuration, by the line that opens their section
Reasons = tuple[tuple[str, str], ...]  # a pattern of whole lines, and why such a line is sent: the first counts


@dataclass(frozen=True)
class Owned:
    """A part of the configuration that is ours.

    `lines` are those of its lines that are ours; others are reported and left alone. `removed`: it goes when it is
    no longer intended, unless it holds a line of somebody else. Otherwise (a physical port, a host name) it is only
    ours where the intention names it.
    """

    section: str
    lines: str | None = None
    removed: bool = False


@dataclass(frozen=True)
class PortView:
    trunk: bool
    carries: frozenset[int]  # VLANs, whether they exist or not; none where the port is shut
    untagged: int | None = None  # of a mixed port: its one VLAN without tag, which a new one replaces
    members: frozenset[int] = frozenset()  # of a mixed port: all its VLANs, also while it is shut
    native: int | None = None  # of a trunk: the VLAN of frames without tag
    asks: bool = False  # a server, who is behind it
    shuts: bool = False  # by itself, when somebody behind it speaks as a switch

    @property
    def mixed(self) -> bool:
        """Whether VLANs with and without tag stand side by side on it: it gains some before it loses others."""
        return bool(self.members)


@dataclass(frozen=True)
class View:
    """What a configuration means for whoever reaches the switch, free of any vendor's words."""

    vlans: frozenset[int]
    ports: Mapping[str, PortView]
    addresses: Mapping[int, IPv4Interface]  # of the interfaces that are up, by their VLAN; 0.0.0.0: DHCP gives one
    gateway: IPv4Address | None
    users: frozenset[str]
    local: bool = field(default=False, kw_only=True)  # whoever logs in must be a local user
    admits: bool  # whether any terminal line lets somebody in

    @property
    def fixed(self) -> "View":
        """Without the addresses that DHCP is to give, as from the factory: nobody was told which these are."""
        return replace(self, addresses={v: a for v, a in self.addresses.items() if not a.ip.is_unspecified})

    def carriers(self, vlan: int) -> frozenset[str]:
        return frozenset(name for name, port in self.ports.items() if vlan in port.carries)

    @cached_property
    def paths(self) -> Mapping[int, IPv4Interface]:
        """The addresses that can be reached: their VLAN exists, and a port carries it."""
        return {v: a for v, a in self.addresses.items() if v in self.vlans and self.carriers(v)}


class About(IntEnum):
    """What a line is about, in the order in which a change is made: add, move, then remove."""

    GUARD = 0  # what the guard itself needs
    IDENTITY = 1
    VLAN = 2
    TRUNK_GAINS = 3  # and whatever else only lets more through
    PORT = 4
    PORT_OPENS = 5  # where that is a section of its own
    TRUNK_LOSES = 6
    GUARDS = 7  # of all ports at once, such as DHCP snooping: each port is as it must be before
    INTERFACE_GOES = 8  # or loses its address: two interfaces never have the same network
    INTERFACE = 9  # in a VLAN: the switch itself
    VLAN_GOES = 10
    GATEWAY = 11
    TREE = 12  # the spanning tree begins anew: for seconds nothing may pass
    LOGIN = 13  # terminal lines, AAA, SSH, users
    OTHER = 14
    REFERRED_GOES = 15  # what ports referred to: those that carry us too have let go of it
    SERVER = 16  # who can be asked
    ADMISSION = 17  # a port asks who is behind it: once somebody can be asked


@dataclass(frozen=True)
class Row:
    """Lines that the planner knows by `section` and `line` (patterns, whole).

    A group named `port` or `vlan` in either says of which. `rank` is the order within a section; `why` is for people.
    Where a running line of the same section matches too, it is the one that is replaced.
    """

    about: About
    section: str
    line: str
    why: str
    rank: int = 5


@dataclass(frozen=True)
class SwitchFacts:
    """How an access switch spells what the planner must understand."""

    view: Callable[[Sections], View]
    rows: tuple[Row, ...]
    opens: str  # lines that open a section
    leave: str  # the line that leaves it
    finish: str  # the line that leaves configuration mode from anywhere
    mac_table: str
    hosts: Callable[[str], list[Host]]  # in what `mac_table` shows
    shown: Callable[[Show], Shown]
    negation: str = "no"
    listed: str | None = None  # (beginning)(port)(end): lines that take a list of ports, on a platform that has such
    ports: Callable[[Sequence[str]], str] = ",".join  # as that platform writes a list of ports
    at_once: str | None = None  # a line before which a port is emptied: where it carries us, its section is one write

    def takes_back(self, line: str) -> bool:
        return line.startswith(f"{self.negation} ")


@dataclass(frozen=True)
class Unsaid:
    """Lines that a device runs and that no configuration of it shows: another command tells of them.

    `lines` makes lines of its answer, without secrets. What it has saved of them it does not tell.
    """

    command: str
    lines: Callable[[str], Sequence[str]]
    line: str  # a pattern of such lines


@dataclass(frozen=True, eq=False)
class Platform:
    """One kind of device. Each is itself: they are told apart without a look at what is in them."""

    name: str
    netmiko: str  # the name of netmiko's driver
    session: type[BaseConnection]  # netmiko's, or ours where netmiko's does not do
    driver: type[HConfigDriverBase]
    owned: tuple[Owned, ...]
    ordinary: str  # lines that every such device has and that are no news
    error: str  # how it says that it did not take a line
    running: str  # shows what it runs
    startup: str | None  # shows what it will start with; None where the device cannot
    save: Dialogue
    refine: Callable[[HConfig, HConfig], None]  # (running, remediation): what rules cannot express
    logged: str | None = None  # lines that it logs in the middle of its answers
    heading: str | None = None  # lines above a configuration that tell when it was made and how long it is
    switch: SwitchFacts | None = None  # for an access switch
    router: RouterFacts | None = None  # for an edge router that is a device
    reasons: Reasons = ()  # where the library's own order is kept
    guard: Guard | None = None
    unsaid: Unsaid | None = None
    nothing_saved: str | None = None  # a pattern: what `startup` answers where nothing ever was saved

    @property
    def finish(self) -> str | None:
        """The line that leaves configuration mode from anywhere."""
        facts = self.switch or self.router
        return facts.finish if facts else None

    def owner(self, section: str) -> Owned | None:
        if section not in self._owners:
            self._owners[section] = next((each for each in self.owned if re.fullmatch(each.section, section)), None)
        return self._owners[section]

    @cached_property
    def _owners(self) -> dict[str, Owned | None]:
        """What was looked up before: most sections are on every switch."""
        return {}


@cache  # what is known of a platform is known once, however many devices are of it
def going_back_after(platform: Platform, minutes: int) -> Platform:
    """The same platform, whose guard waits so many minutes for the confirmation of a change."""
    guard = cast(Any, platform.guard)  # each is a dataclass, which a protocol cannot say
    return replace(platform, guard=replace(guard, minutes=minutes)) if guard else platform


def replaces(*path: str) -> IdempotentCommandsRule:
    """A line that replaces the one before it: no `no` first. Its key is what the last pattern's groups match."""
    return IdempotentCommandsRule(match_rules=tuple(MatchRule(re_search=f"^{step}") for step in path))


def ordered(weight: int, *path: str) -> OrderingRule:
    """Lines that sink (weight above 0) or rise within their section."""
    return OrderingRule(match_rules=tuple(MatchRule(re_search=f"^{step}") for step in path), weight=weight)
