"""What a router says of its sessions and routes, free of any vendor's words."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network


@dataclass(frozen=True)
class Sent:
    """A network that is announced to a neighbour."""

    communities: frozenset[str]


@dataclass(frozen=True)
class Session:
    """A BGP session. `state` is RFC 4271's word; `bfd` is "up", another word of RFC 5880, or "absent"."""

    state: str
    bfd: str
    received: frozenset[IPv4Network]  # after our filter
    sent: dict[IPv4Network, Sent]


@dataclass(frozen=True)
class State:
    """All sessions by neighbour, and through which neighbour each destination is left now."""

    sessions: dict[IPv4Address, Session]
    best: dict[IPv4Network, IPv4Address]
