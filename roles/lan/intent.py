"""What a switch must do, free of any vendor's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface

from inventory.model import Placed, Switch
from inventory.model.site import Port
from roles.lan.services import Services

STORM = 500  # broadcast frames a second, and as many multicast: a desk sends some ten
DHCP_RATE = 15  # DHCP packets a second from one port
MACS = 3  # a telephone, the computer behind it, and one that is being replaced
QUARANTINE, NATIVE = 999, 998
STP_DEFAULT = 32768  # IEEE 802.1D: what a switch that nobody prefers has


@dataclass(frozen=True)
class Vlan:
    number: int
    name: str


@dataclass(frozen=True)
class SwitchPort:
    """An access port has one VLAN, and perhaps telephones tagged in another; a trunk has `vlans`.

    A port that nobody uses is not `enabled`, and its access VLAN is the quarantine. What follows `trusted` guards the
    network against what people plug in; the defaults guard nothing.
    """

    name: str
    description: str
    access: int | None
    vlans: tuple[int, ...]
    enabled: bool = True
    voice: int | None = None
    native: int | None = None  # of a trunk: where frames without tag belong. Not among `vlans`: they go nowhere
    edge: bool = False  # no switch is behind it: it forwards at once
    trusted: bool = False  # DHCP servers and ARP are believed there
    bpdu_guard: bool = False  # a switch that speaks there is shut out
    root_guard: bool = False  # the root of the spanning tree is never behind it
    dhcp_rate: int | None = None  # packets a second
    storm: int | None = None  # broadcast frames a second, and as many multicast; more shuts it
    macs: int | None = None  # the most MAC addresses; others are dropped
    lldp: bool = True


@dataclass(frozen=True)
class SwitchIntent:
    """`snooped` and `inspected`: the VLANs whose DHCP and ARP are watched on ports that are not trusted."""

    hostname: str
    vlans: tuple[Vlan, ...]
    ports: tuple[SwitchPort, ...]
    management_vlan: int
    address: IPv4Interface
    gateway: IPv4Address
    stp_priority: int = STP_DEFAULT
    snooped: tuple[int, ...] = ()
    inspected: tuple[int, ...] = ()
    services: Services = field(default_factory=Services)

    @property
    def fixed(self) -> Mapping[int, tuple[IPv4Address, ...]]:
        """Hosts of the inspected VLANs whose ARP no DHCP answer can vouch for."""
        return {vlan: hosts for vlan, hosts in self.services.fixed.items() if vlan in self.inspected}


def intent(switch: Placed[Switch], services: Services | None = None) -> SwitchIntent:
    """Every VLAN of the building is on every switch; a port carries only what the inventory gives it."""
    networks = switch.site.networks
    numbers = {name: network.vlan for name, network in networks.items() if network.vlan is not None}
    management = networks[switch.entry.network]
    named = sorted(numbers.items(), key=lambda item: item[1])
    ports = tuple(_port(switch, name, port, numbers) for name, port in switch.entry.ports.items())
    guarded = {vlan for port in ports if port.dhcp_rate for vlan in (port.access, port.voice) if vlan}
    return SwitchIntent(
        hostname=switch.name,
        vlans=(
            *(Vlan(number, name) for name, number in named),
            Vlan(NATIVE, "native-unused"),
            Vlan(QUARANTINE, "quarantine"),
        ),
        ports=ports,
        management_vlan=numbers[switch.entry.network],
        address=management.interface(switch.entry.address),
        gateway=management.gateway,
        snooped=tuple(sorted(guarded)),
        inspected=tuple(sorted(guarded)),
        services=services or Services(),
    )


def _port(switch: Placed[Switch], name: str, port: Port, numbers: Mapping[str, int]) -> SwitchPort:
    if port.access is None:
        return SwitchPort(
            name=name,
            description=port.to or "trunk",
            access=None,
            vlans=tuple(sorted(numbers[network] for network in port.trunk or [])),
            native=NATIVE,
            edge=port.to in switch.site.routers,
            trusted=True,
        )
    return SwitchPort(
        name=name,
        description=port.to or port.access,
        access=numbers[port.access],
        vlans=(),
        edge=True,
        bpdu_guard=True,
        root_guard=True,
        dhcp_rate=DHCP_RATE,
        storm=STORM,
        macs=MACS,
        lldp=False,
    )
