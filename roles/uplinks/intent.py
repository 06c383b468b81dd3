"""What an edge router must do, free of any vendor's words."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from inventory.model import Administration, Placed, Router

MAXIMUM_PREFIXES = 1000  # far above what the administration has, far below what would fill a small router
LONGEST = 24  # a longer prefix from RESINA is no network of ours: links and leaks


@dataclass(frozen=True)
class RoutedInterface:
    name: str
    description: str
    address: IPv4Interface


@dataclass(frozen=True)
class Neighbor:
    name: str
    address: IPv4Address
    asn: int
    serves: tuple[IPv4Network, ...]  # what it must announce: the data centres attached to it


@dataclass(frozen=True)
class RouterIntent:
    asn: int
    router_id: IPv4Address
    interfaces: tuple[RoutedInterface, ...]
    neighbors: tuple[Neighbor, ...]
    own: tuple[IPv4Network, ...]  # every network of the site: never learned from outside
    announced: tuple[IPv4Network, ...]  # those of them that RESINA may know
    accepted: tuple[IPv4Network, ...]  # the administration's addresses
    longest: int = LONGEST
    maximum_prefixes: int = MAXIMUM_PREFIXES


def intent(administration: Administration, router: Placed[Router]) -> RouterIntent:
    """Gateways on sub-interfaces of the trunk, one eBGP session for each uplink, filters in both directions."""
    networks = router.site.networks
    resina = administration.platform.resina
    gateways = [
        RoutedInterface(f"{router.entry.lan}.{network.vlan}", name, network.interface(network.gateway))
        for name, network in networks.items()
    ]
    uplinks = [RoutedInterface(uplink.interface, uplink.core, uplink.address) for uplink in router.entry.uplinks]
    return RouterIntent(
        asn=router.entry.asn,
        router_id=router.entry.uplinks[0].address.ip,
        interfaces=(*gateways, *uplinks),
        neighbors=tuple(
            Neighbor(uplink.core, uplink.peer, resina.asn, _served(administration, uplink.core))
            for uplink in router.entry.uplinks
        ),
        own=tuple(network.prefix for network in networks.values()),
        announced=tuple(network.prefix for network in networks.values() if "resina" in network.reaches),
        accepted=tuple(administration.platform.prefixes),
    )


def _served(administration: Administration, core: str) -> tuple[IPv4Network, ...]:
    sites = (administration.sites[site] for site in administration.platform.resina.cores[core].serves)
    return tuple(network.prefix for site in sites for network in site.networks.values())
