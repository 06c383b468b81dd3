"""What DHCP gives in a building, and to whom."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from inventory.model import Administration, Machine, Reservation

HOUR = 3600  # seconds


@dataclass(frozen=True)
class Subnet:
    """A network with a pool. Kea keeps leases under its number: the VLAN, which never changes within a building."""

    number: int
    name: str
    interface: str
    prefix: IPv4Network
    gateway: IPv4Address
    first: IPv4Address
    last: IPv4Address
    seconds: int
    reaches_resina: bool
    reservations: tuple[Reservation, ...]


@dataclass(frozen=True)
class DhcpConfig:
    """`controllers` serve names and time; who cannot reach RESINA is not told of them."""

    domain: str
    controllers: tuple[IPv4Address, ...]
    subnets: tuple[Subnet, ...]

    @property
    def interfaces(self) -> tuple[str, ...]:
        return tuple(subnet.interface for subnet in self.subnets)


def dhcp_config(administration: Administration, machine: Machine) -> DhcpConfig:
    """The pools of the site where a router stands."""
    lan = administration.routers[machine.name].entry.lan
    return DhcpConfig(
        domain=administration.platform.domain,
        controllers=tuple(controller.address for controller in administration.running("directory")),
        subnets=tuple(
            Subnet(
                number=network.vlan,
                name=name,
                interface=f"{lan}.{network.vlan}",
                prefix=network.prefix,
                gateway=network.gateway,
                first=network.pool.first,
                last=network.pool.last,
                seconds=network.pool.lease_hours * HOUR,
                reaches_resina="resina" in network.reaches,
                reservations=administration.reservations(network),
            )
            for name, network in machine.site.networks.items()
            if network.pool and network.vlan
        ),
    )
