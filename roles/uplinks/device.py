"""What an edge router that is a device must do beyond its routing; of a Debian host, roles/router says that."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from inventory.model import Administration, Network, Placed, Reservation, Router
from inventory.model.chassis import ROUTER_CHASSIS
from roles.network.credentials import SecretOf, Snmp, snmp

Range = tuple[IPv4Address, IPv4Address]  # the first and the last


@dataclass(frozen=True)
class Lan:
    """A network of the building, on a sub-interface of the trunk.

    `kept`: the addresses that DHCP does not give away; empty where it gives none at all (`pool`).
    """

    name: str
    vlan: int
    interface: str
    gateway: IPv4Interface
    outward: bool  # whether it reaches RESINA; between the networks of the building nothing passes
    mark: str | None  # DSCP on the way to RESINA, whatever its packets bore
    pool: bool
    kept: tuple[Range, ...]
    switches: tuple[IPv4Address, ...]  # that bastions reach in it
    lease: tuple[int, int] = (1, 0)  # days and hours
    reservations: tuple[Reservation, ...] = ()


@dataclass(frozen=True)
class Marked:
    """HTTPS to a machine that serves an application."""

    application: str
    address: IPv4Address
    mark: str


@dataclass(frozen=True)
class DeviceIntent:
    """`stays`: an interface whose address is announced on both uplinks, so it stays when a link is lost."""

    hostname: str
    administration: str
    domain: str
    lan: str
    lans: tuple[Lan, ...]
    uplinks: tuple[str, ...]
    unused: tuple[str, ...]  # interfaces of the model that are for nothing
    marked: tuple[Marked, ...]
    bastions: tuple[IPv4Address, ...]
    readers: tuple[IPv4Address, ...]  # who may ask the switches how they fare
    controllers: tuple[IPv4Address, ...]  # the domain controllers: names and time
    syslog: tuple[IPv4Address, ...]
    snmp: Snmp | None
    stays: str | None

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks of whole networks."""
        return tuple(sorted({lan.mark for lan in self.lans if lan.mark}))

    @property
    def nowhere(self) -> bool:
        """Whether a network reaches nothing."""
        return any(not lan.outward for lan in self.lans)


def device(administration: Administration, router: Placed[Router], secret_of: SecretOf) -> DeviceIntent:
    """The router's share of its site. Raises SecretError."""
    entry, site, platform = router.entry, router.site, administration.platform
    lans = tuple(_lan(administration, router, name, network) for name, network in site.networks.items() if network.vlan)
    uplinks = tuple(uplink.interface for uplink in entry.uplinks)
    ports = ROUTER_CHASSIS[entry.model].ports if entry.model else ()
    announced = [lan for lan in lans if lan.outward]
    return DeviceIntent(
        hostname=router.name,
        administration=platform.administration,
        domain=platform.domain,
        lan=entry.lan,
        lans=lans,
        uplinks=uplinks,
        unused=tuple(port for port in ports if port not in (entry.lan, *uplinks)),
        marked=tuple(
            Marked(name, administration.machine(administration.applications[name].host).address, mark)
            for name, mark in platform.resina.marks.applications.items()
        ),
        bastions=tuple(platform.bastions.values()),
        readers=tuple(dict.fromkeys((*platform.bastions.values(), *platform.monitors.values()))),
        controllers=tuple(machine.address for machine in administration.running("directory")),
        syslog=tuple(administration.environment.syslog),
        snmp=snmp(administration, router.name, secret_of),
        stays=max(announced, key=lambda lan: (bool(lan.switches), -lan.vlan)).interface if announced else None,
    )


def _lan(administration: Administration, router: Placed[Router], name: str, network: Network) -> Lan:
    switches = [address for switch in router.site.switches.values() for address in (switch.address, *switch.formerly)]
    return Lan(
        name=name,
        vlan=network.vlan or 0,
        interface=f"{router.entry.lan}.{network.vlan}",
        gateway=network.interface(network.gateway),
        outward="resina" in network.reaches,
        mark=administration.platform.resina.marks.networks.get(name),
        pool=network.pool is not None,
        kept=tuple(_kept(network)),
        switches=tuple(address for address in switches if address in network.prefix),
        lease=divmod(network.pool.lease_hours, 24) if network.pool else (1, 0),
        reservations=administration.reservations(network),
    )


def _kept(network: Network) -> list[Range]:
    if network.pool is None:
        return []
    first, last = network.prefix[1], network.prefix[-2]
    ranges = [(first, network.pool.first - 1), (network.pool.last + 1, last)]
    return [(low, high) for low, high in ranges if low <= high]
