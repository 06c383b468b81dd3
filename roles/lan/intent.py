"""What a switch must do, free of any vendor's words."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from inventory.model import Placed, Switch


@dataclass(frozen=True)
class Vlan:
    number: int
    name: str


@dataclass(frozen=True)
class SwitchPort:
    """An access port has one VLAN; a trunk has `vlans`."""

    name: str
    description: str
    access: int | None
    vlans: tuple[int, ...]


@dataclass(frozen=True)
class SwitchIntent:
    hostname: str
    vlans: tuple[Vlan, ...]
    ports: tuple[SwitchPort, ...]
    management_vlan: int
    address: IPv4Interface
    gateway: IPv4Address


def intent(switch: Placed[Switch]) -> SwitchIntent:
    """Every VLAN of the building is on every switch; a port carries only what the inventory gives it."""
    networks = switch.site.networks
    numbers = {name: network.vlan for name, network in networks.items() if network.vlan is not None}
    management = networks[switch.entry.network]
    return SwitchIntent(
        hostname=switch.name,
        vlans=tuple(Vlan(number, name) for name, number in sorted(numbers.items(), key=lambda item: item[1])),
        ports=tuple(
            SwitchPort(
                name=name,
                description=port.to or port.access or "trunk",
                access=numbers[port.access] if port.access else None,
                vlans=tuple(sorted(numbers[network] for network in port.trunk or [])),
            )
            for name, port in switch.entry.used_ports.items()
        ),
        management_vlan=numbers[switch.entry.network],
        address=management.interface(switch.entry.address),
        gateway=management.gateway,
    )
