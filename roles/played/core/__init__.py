"""A core router of RESINA, as the lab plays it: FRR with one eBGP session for each uplink that ends on it."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from pyinfra.api import deploy
from pyinfra.operations import server

from inventory.model import Administration
from roles.common import config_file, service

PACKAGES = ["frr"]


@dataclass(frozen=True)
class Neighbor:
    """A building behind the core, and the networks that it may announce."""

    address: IPv4Address
    asn: int
    name: str
    prefixes: tuple[IPv4Network, ...]


@dataclass(frozen=True)
class CoreConfig:
    name: str
    asn: int
    router_id: IPv4Address
    served: tuple[IPv4Network, ...]
    neighbors: tuple[Neighbor, ...]


def core_config(administration: Administration, name: str) -> CoreConfig:
    """What RESINA would have been told of our sites."""
    resina = administration.platform.resina
    core = resina.cores[name]
    return CoreConfig(
        name=name,
        asn=resina.asn,
        router_id=core.router_id,
        served=tuple(n.prefix for site in core.serves for n in administration.sites[site].networks.values()),
        neighbors=tuple(
            Neighbor(uplink.address.ip, router.entry.asn, router_name, _outward(administration, router_name))
            for router_name, router in administration.routers.items()
            for uplink in router.entry.uplinks
            if uplink.core == name
        ),
    )


def _outward(administration: Administration, router: str) -> tuple[IPv4Network, ...]:
    networks = administration.routers[router].site.networks.values()
    return tuple(network.prefix for network in networks if "resina" in network.reaches)


@deploy("RESINA core: played")
def core(administration: Administration, name: str) -> None:
    """Ensure that a core routes between the sites that it serves and those behind its uplinks."""
    cfg = core_config(administration, name)
    server.sysctl(name="core: forwards packets", key="net.ipv4.ip_forward", value=1, persist=True)
    config_file(
        name="core: FRR daemons",
        template="router/daemons.j2",
        path="/etc/frr/daemons",
        user="frr",
        group="frr",
        mode="640",
    )
    config_file(
        name="core: FRR configuration",
        template="played/core.conf.j2",
        path="/etc/frr/frr.conf",
        user="frr",
        group="frr",
        mode="640",
        check="vtysh --dryrun --inputfile {} >/dev/null",
        cfg=cfg,
    )
    service(name="core: FRR runs", unit="frr.service", watches=["/etc/frr/daemons", "/etc/frr/frr.conf"])
