"""What a configuration means, whoever's command line it was typed in: all that a data plane reads of it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Protection:
    """What guards a port against what people plug into it. The defaults are a port that nothing guards."""

    bpduguard: bool = False  # a switch that speaks there shuts it
    portfast: bool = False  # it forwards at once
    rootguard: bool = False  # while somebody speaks there as a better root, it forwards nothing
    no_servers: bool = False  # DHCP servers are not heard from there
    dhcp_rate: int | None = None  # DHCP packets a second; more shuts it
    storm: int | None = None  # broadcast frames a second, and as many multicast; the rest is dropped
    storm_shuts: bool = False
    macs: int | None = None  # the most MAC addresses at a time; frames of others are dropped
    violation: str = "restrict"  # or `protect`, which counts nothing, or `shutdown`: the first of the others shuts it
    lldp: bool = False  # it says and hears who is at the other end
    vouches: bool = False  # what DHCP servers answer there says whose an address is
    inspected: frozenset[int] = frozenset()  # its VLANs in which ARP must say what is known: bindings, fixed addresses
    arp_rate: int | None = None  # ARP packets a second; more shuts it


@dataclass(frozen=True)
class Guards:
    """What guards the switch as a whole. The defaults: nothing."""

    rapid: bool = False  # the rapid spanning tree, which is the only one that is played
    priority: int = 32768  # in the spanning tree
    recovers: frozenset[str] = frozenset()  # why a port was shut, of those that open again by themselves
    recovery: int = 300  # seconds until then
    snooped: frozenset[int] = frozenset()  # the VLANs whose hosts are known by their leases
    kept: bool = False  # whether what is known by leases outlives a restart
    fixed: frozenset[tuple[int, str]] = frozenset()  # VLAN and address of hosts whose ARP no lease vouches for


@dataclass(frozen=True)
class Port:
    """What the configuration says of a physical port."""

    description: str
    enabled: bool
    trunk: bool
    access: int  # the VLAN of an access port
    native: int  # the VLAN of a trunk's untagged frames
    allowed: frozenset[int]  # the VLANs of a trunk, whether they exist or not; its native one is carried if it is here
    voice: int | None = None  # tagged, beside the VLAN of an access port
    protection: Protection = Protection()


class Meaning(Protocol):
    """The vendor-free view of a configuration."""

    @property
    def hostname(self) -> str: ...

    @property
    def vlans(self) -> dict[int, str]:
        """The VLANs that exist, in order, with their names. VLAN 1 is always there."""

    @property
    def addresses(self) -> dict[int, tuple[str | None, bool]]:
        """VLAN -> address with its prefix length, and whether it is up, of each interface of the switch itself."""

    @property
    def default_gateway(self) -> str | None: ...

    @property
    def guards(self) -> Guards: ...

    @property
    def ports(self) -> tuple[str, ...]:
        """The names of its physical ports, in order."""

    def port(self, name: str) -> Port:
        """What it says of a physical port."""


class Configuration(Meaning, Protocol):
    """A configuration as a switch keeps it: what it means, and its text."""

    def render(self) -> str:
        """The text that people read, the same for the same configuration."""
