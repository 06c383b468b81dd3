"""What must be known of an edge router that is a device, free of any vendor's words: its ways to RESINA, and steps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

Sections = Mapping[str, tuple[str, ...]]  # the lines of a configuration, by the line that opens their section


@dataclass(frozen=True)
class Way:
    """A session with a core of RESINA over an uplink, through which the bastion is answered."""

    interface: str
    address: IPv4Interface
    peer: IPv4Address
    asn: int
    preference: int  # of what is learned there
    key: str  # of the session; it is compared, and shown nowhere
    default: bool  # whether the way back is learned there


@dataclass(frozen=True)
class RouterView:
    """What a configuration means for whoever reaches the router, and the switches behind it."""

    asns: frozenset[int]
    addresses: Mapping[str, IPv4Interface]  # of the interfaces that are up
    ways: Mapping[str, Way]  # by interface
    announced: frozenset[IPv4Network]  # to at least one core
    switches: frozenset[IPv4Address]  # that bastions may reach through it
    users: frozenset[str]
    asks_local: bool  # whether it asks its own users for a password
    admits: bool  # whether any terminal line lets somebody in
    bastions: frozenset[str] | None  # who may log in; None where anybody may

    @property
    def leading(self) -> Mapping[str, Way]:
        """The ways on which something leads back to the bastion."""
        return {name: way for name, way in self.ways.items() if way.default}


class Step(IntEnum):
    """What a line is about, in the order in which a change is made: what is named exists before it is used."""

    GUARD = 0  # what the guard itself needs
    IDENTITY = 1
    LIST = 2  # of prefixes, of addresses
    CLASS = 3  # of packets, of routes
    POLICY = 4
    ZONE = 5
    PAIR = 6
    LAN_GOES = 7  # or loses its address: two interfaces never have the same network
    LAN = 8
    DHCP = 9
    WAY = 10  # uplinks, sessions: the way that carries us last
    LOGIN = 11
    OTHER = 12


@dataclass(frozen=True)
class RouterRow:
    """Lines that the planner knows by `section` and `line` (patterns, whole).

    A group named `interface` or `peer` says whose. `rank` is the order within a section; `why` is for people. What a
    line takes back goes after all is used otherwise, but for steps in which it must go at once (`stays_there`).
    """

    step: Step
    section: str
    line: str
    why: str
    rank: int = 5
    stays_there: bool = False


@dataclass(frozen=True)
class RouterFacts:
    """How an edge router spells what the planner must understand."""

    view: Callable[[Sections], RouterView]
    rows: tuple[RouterRow, ...]
    opens: str  # lines that open a section
    leave: str
    leave_inner: Mapping[str, str] = field(default_factory=dict)  # how sections within sections are left, by first word
    finish: str = "end"
    negation: str = "no"
    within: str = " | "  # between the line that opens a section within a section, and the line in it
    filters: str = r"(?!)"  # lines after which what was learned before is looked at again …
    again: str = ""  # … by this line

    def takes_back(self, line: str) -> bool:
        return line.startswith(f"{self.negation} ")
