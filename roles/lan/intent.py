"""What a switch must do, free of any vendor's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface

from inventory.model import Placed, Switch
from inventory.model.building import Protection
from inventory.model.site import STP_ACCESS, STP_ROOT, Port
from roles.lan.services import Services
from roles.network.credentials import Radius, Snmp

DSCP = {"ef": 46, "af41": 34, "af31": 26, "af21": 18, "af11": 10}  # RFC 3246, RFC 2597
STORM = 500  # broadcast frames a second, and as many multicast: a desk sends some ten
DHCP_RATE = 15  # DHCP packets a second from one port


@dataclass(frozen=True)
class Vlan:
    number: int
    name: str


@dataclass(frozen=True)
class Recognition:
    """Whether computers say who they are (802.1X), and devices that do not are known by their MAC address.

    `fallback`: the VLAN of who is not recognized, and of everybody while no server answers.
    """

    dot1x: bool
    mab: bool
    fallback: int


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
    native: int | None = None  # of a trunk: where frames without tag belong. If it is not among `vlans`, nowhere
    edge: bool = False  # no switch is behind it: it forwards at once
    trusted: bool = False  # DHCP servers and ARP are believed there
    bpdu_guard: bool = False  # a switch that speaks there is shut out
    root_guard: bool = False  # the root of the spanning tree is never behind it
    dhcp_rate: int | None = None  # packets a second
    storm: int | None = None  # broadcast frames a second, and as many multicast; more shuts it
    macs: int | None = None  # the most MAC addresses; others are dropped
    lldp: bool = True
    recognition: Recognition | None = None  # nobody gets in unknown


@dataclass(frozen=True)
class SwitchIntent:
    """`snooped` and `inspected`: the VLANs whose DHCP and ARP are watched on ports that are not trusted."""

    hostname: str
    vlans: tuple[Vlan, ...]
    ports: tuple[SwitchPort, ...]
    management_vlan: int
    address: IPv4Interface
    gateway: IPv4Address
    quarantine: int
    stp_priority: int = STP_ACCESS
    snooped: tuple[int, ...] = ()
    inspected: tuple[int, ...] = ()
    services: Services = field(default_factory=Services)
    snmp: Snmp | None = None
    radius: Radius | None = None

    @property
    def recognizes(self) -> bool:
        """Whether any port asks who is there."""
        return any(port.recognition for port in self.ports)

    @property
    def marks(self) -> Mapping[int, str]:
        """VLAN -> DSCP, of those that have one."""
        return self.services.marks or {}

    def priority(self, vlan: int | None) -> int:
        """The priority of 802.1Q (0-7) that goes with the mark of a VLAN: the first three bits of its DSCP."""
        return DSCP[self.marks[vlan]] >> 3 if vlan is not None and vlan in self.marks else 0

    @property
    def marked_priorities(self) -> list[int]:
        """The DSCP for each priority of 802.1Q: what the marks say, else the same three bits and no more."""
        said = {DSCP[mark] >> 3: DSCP[mark] for mark in self.marks.values()}
        return [said.get(priority, priority << 3) for priority in range(8)]

    @property
    def fixed(self) -> Mapping[int, tuple[IPv4Address, ...]]:
        """Hosts of the inspected VLANs whose ARP no DHCP answer can vouch for."""
        return {vlan: hosts for vlan, hosts in self.services.fixed.items() if vlan in self.inspected}


def intent(
    switch: Placed[Switch],
    services: Services | None = None,
    snmp: Snmp | None = None,
    radius: Radius | None = None,
) -> SwitchIntent:
    """Every VLAN of the building is on every switch; a port carries only what the inventory gives it."""
    networks, entry = switch.site.networks, switch.entry
    numbers = {name: network.vlan for name, network in networks.items() if network.vlan is not None}
    ports = tuple(_port(switch, name, port, numbers) for name, port in entry.ports.items())
    return SwitchIntent(
        hostname=switch.name,
        vlans=(
            *(Vlan(number, name) for name, number in sorted(numbers.items(), key=lambda item: item[1])),
            Vlan(entry.native, "native-unused"),
            Vlan(entry.quarantine, "quarantine"),
        ),
        ports=ports,
        management_vlan=numbers[entry.network],
        address=networks[entry.network].interface(entry.address),
        gateway=networks[entry.network].gateway,
        quarantine=entry.quarantine,
        stp_priority=entry.stp_priority,
        snooped=_watched(entry, "dhcp-snooping", numbers),
        inspected=_watched(entry, "arp-inspection", numbers),
        services=services or Services(),
        snmp=snmp,
        radius=radius,
    )


def _watched(entry: Switch, protection: Protection, numbers: Mapping[str, int]) -> tuple[int, ...]:
    """The VLANs of the ports that have a protection."""
    ports = [port for port in entry.ports.values() if protection in port.protections]
    return tuple(sorted({numbers[name] for port in ports for name in port.carries}))


def _port(switch: Placed[Switch], name: str, port: Port, numbers: Mapping[str, int]) -> SwitchPort:
    entry, site, guards = switch.entry, switch.site, port.protections
    if not port.used:
        return SwitchPort(name, "unused", access=entry.quarantine, vlans=(), enabled=False)
    trunk = port.trunk is not None
    between_switches = port.to in site.switches
    native = numbers[port.native] if port.native else entry.native
    return SwitchPort(
        name=name,
        description=port.to or port.access or port.profile or "trunk",
        access=numbers[port.access] if port.access else None,
        vlans=tuple(sorted(numbers[network] for network in port.carries)) if trunk else (),
        voice=numbers[port.voice] if port.voice else None,
        native=native if trunk else None,
        edge=not between_switches,
        trusted=port.trusted or between_switches or port.to in site.routers,
        bpdu_guard="bpdu-guard" in guards,
        # The root's own ports: on others, what is behind may be the way to the root once a cable is cut.
        root_guard="root-guard" in guards or (between_switches and entry.stp_priority == STP_ROOT),
        dhcp_rate=DHCP_RATE if "dhcp-snooping" in guards else None,
        storm=STORM if "storm-control" in guards else None,
        # Who is recognized is counted already: both at once contradict each other.
        macs=port.maximum_macs if "port-security" in guards and not port.authentication else None,
        recognition=Recognition(
            "dot1x" in port.authentication,
            "mab" in port.authentication,
            numbers[port.fallback] if port.fallback else entry.quarantine,
        )
        if port.authentication
        else None,
        lldp="silent" not in guards,
    )
