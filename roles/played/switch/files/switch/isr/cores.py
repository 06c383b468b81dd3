"""The cores of RESINA as a router sees them, without packets: which sessions come up, and what is learned there."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ..cisco.sections import TOP
from ..unplugged import Unplugged
from .config import Config, network

ORDINARY = 100


@dataclass(frozen=True)
class Core:
    """A neighbour on a link: it speaks only to one that has a key of its own."""

    address: IPv4Address
    asn: int
    keys: frozenset[str]
    announces: tuple[IPv4Network, ...]


class Cabled(Unplugged):
    """A router's cables: a core at the end of some."""

    def __init__(self, *cores: Core) -> None:
        self.cores = {core.address: core for core in cores}


@dataclass(frozen=True)
class Route:
    network: IPv4Network
    peer: IPv4Address
    preference: int
    path: int  # the AS behind it


def _core(plane: object, peer: IPv4Address) -> Core | None:
    """The core of RESINA that a cable leads to; the data plane of a switch knows none."""
    core: Core | None = getattr(plane, "cores", {}).get(peer)
    return core


def established(config: Config, plane: object, peer: IPv4Address, asn: int) -> bool:
    """Whether a session with a neighbour is up."""
    core = _core(plane, peer)
    here = any(peer in address.network for address in config.up().values())
    key = config.value(config.bgp or TOP, f"neighbor {peer} password") or ""
    active = f"neighbor {peer} activate" in config.family()
    return bool(core and here and active and core.asn == asn and key in core.keys)


def learned(config: Config, plane: object) -> list[Route]:
    """What the filters let in, from all sessions; of each network the best one first."""
    found = []
    for peer, asn in config.neighbours():
        core = _core(plane, peer)
        if core and established(config, plane, peer, asn):
            name = applied(config, peer, "prefix-list", "in")
            found += [Route(n, peer, _preference(config, peer), asn) for n in core.announces if config.permits(name, n)]
    return sorted(found, key=lambda route: (route.network, -route.preference))


def own(config: Config) -> list[IPv4Network]:
    """The networks that it says, and has."""
    here = {address.network for address in config.up().values()}
    said = [line.split() for line in config.family().values() if line.startswith("network ")]
    return sorted(here & {network(f"{words[1]}/{words[3]}") for words in said})


def sent(config: Config, peer: IPv4Address) -> list[IPv4Network]:
    """What its filter lets out to a neighbour."""
    name = applied(config, peer, "prefix-list", "out")
    return [each for each in own(config) if config.permits(name, each)]


def applied(config: Config, peer: IPv4Address, kind: str, direction: str) -> str | None:
    line = config.family().get(f"neighbor {peer} {kind} {direction}")
    return line.split()[3] if line else None


def _preference(config: Config, peer: IPv4Address) -> int:
    header = f"route-map {applied(config, peer, 'route-map', 'in')} permit 10"
    return int(config.value(header, "set local-preference") or ORDINARY)


def answers(config: Config, plane: object) -> set[str]:
    """Its own addresses on links at which it hears somebody behind RESINA, and can answer."""
    if not any(route.network.prefixlen == 0 for route in learned(config, plane)):
        return set()
    return {
        str(address.ip)
        for address in config.up().values()
        for peer, asn in config.neighbours()
        if peer in address.network and established(config, plane, peer, asn)
    }
