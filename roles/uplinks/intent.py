"""What an edge router must do, free of any vendor's words."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from inventory.model import Administration, Placed, Router
from inventory.model.platform import Bfd
from inventory.model.site import Uplink
from inventory.secrets import Secret

MAXIMUM_PREFIXES = 1000  # far above what the administration has, far below what would fill a small router
LONGEST = 24  # a longer prefix from RESINA is no network of ours: links and leaks
DEFAULT = IPv4Network("0.0.0.0/0")
LOCAL_PREFERENCE = {"primary": 200, "backup": 100}
PREPENDED = {"primary": 0, "backup": 2}  # for whoever in RESINA does not look at the community

PasswordOf = Callable[[str, str], Secret]  # (scope, key)


@dataclass(frozen=True)
class RoutedInterface:
    name: str
    description: str
    address: IPv4Interface


@dataclass(frozen=True)
class Way:
    """What primary, or backup, means for routes that come in and go out."""

    role: str
    local_preference: int
    community: str | None
    prepended: tuple[int, ...]  # AS numbers


@dataclass(frozen=True)
class Neighbor:
    name: str
    address: IPv4Address
    asn: int
    serves: tuple[IPv4Network, ...]  # what it must announce: the default route, the data centres attached to it
    way: Way
    password: Secret


@dataclass(frozen=True)
class RouterIntent:
    asn: int
    router_id: IPv4Address
    interfaces: tuple[RoutedInterface, ...]
    neighbors: tuple[Neighbor, ...]  # the primary one first
    own: tuple[IPv4Network, ...]  # every network of the site: never learned from outside
    announced: tuple[IPv4Network, ...]  # those of them that RESINA may know
    accepted: tuple[IPv4Network, ...]  # the administration's addresses
    bfd: Bfd
    longest: int = LONGEST
    maximum_prefixes: int = MAXIMUM_PREFIXES

    @property
    def preferred(self) -> dict[IPv4Network, Neighbor]:
        """By destination, the neighbour through which it goes as long as all is well."""
        return {prefix: neighbor for neighbor in reversed(self.neighbors) for prefix in neighbor.serves}


def intent(administration: Administration, router: Placed[Router], password_of: PasswordOf) -> RouterIntent:
    """Gateways on sub-interfaces of the trunk, one eBGP session for each uplink, filters in both directions."""
    networks = router.site.networks
    resina = administration.platform.resina
    gateways = [
        RoutedInterface(f"{router.entry.lan}.{network.vlan}", name, network.interface(network.gateway))
        for name, network in networks.items()
    ]
    uplinks = router.entry.by_preference

    def neighbor(uplink: Uplink) -> Neighbor:
        way = Way(
            role=uplink.role,
            local_preference=LOCAL_PREFERENCE[uplink.role],
            community=getattr(resina.communities, uplink.role, None),
            prepended=(router.entry.asn,) * PREPENDED[uplink.role],
        )
        password = password_of(f"device-{router.name}", f"bgp/{uplink.core}")
        return Neighbor(uplink.core, uplink.peer, resina.asn, _served(administration, uplink.core), way, password)

    return RouterIntent(
        asn=router.entry.asn,
        router_id=uplinks[0].address.ip,
        interfaces=(*gateways, *(RoutedInterface(uplink.interface, uplink.core, uplink.address) for uplink in uplinks)),
        neighbors=tuple(map(neighbor, uplinks)),
        own=tuple(network.prefix for network in networks.values()),
        announced=tuple(network.prefix for network in networks.values() if "resina" in network.reaches),
        accepted=tuple(administration.platform.prefixes),
        bfd=resina.bfd,
    )


def _served(administration: Administration, core: str) -> tuple[IPv4Network, ...]:
    sites = (administration.sites[site] for site in administration.platform.resina.cores[core].serves)
    return (DEFAULT, *(network.prefix for site in sites for network in site.networks.values()))
