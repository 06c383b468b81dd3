"""A core router of RESINA, as the lab plays it: FRR with one eBGP session for each uplink that ends on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from pyinfra.api import deploy
from pyinfra.operations import server

from inventory.model import Administration
from inventory.model.platform import Bfd, Communities
from inventory.secrets import Secret, Secrets, secrets_of
from roles.common import config_file, secret_file, service
from roles.rendering import render

PACKAGES = ["frr", "keepalived"]
GATEWAY = "/etc/keepalived/keepalived.conf"
WORLD = 100  # the number of the gateway of the rest of the world
HIGHEST, STEP = 200, 50  # priorities of VRRP: of the first core that serves a data centre, and down to the next


@dataclass(frozen=True)
class Neighbor:
    """A building behind the core, and the networks that it may announce."""

    address: IPv4Address
    asn: int
    name: str
    prefixes: tuple[IPv4Network, ...]
    password: Secret


@dataclass(frozen=True)
class Gateway:
    """The gateway of a data centre's network: the core that lives and has the highest priority is it (VRRP)."""

    interface: str
    number: int
    address: IPv4Interface
    priority: int


@dataclass(frozen=True)
class CoreConfig:
    name: str
    asn: int
    router_id: IPv4Address
    served: tuple[IPv4Network, ...]
    neighbors: tuple[Neighbor, ...]
    others: tuple[IPv4Address, ...]  # the other cores
    bfd: Bfd
    communities: Communities | None
    gateways: tuple[Gateway, ...]


def core_config(administration: Administration, name: str, secrets: Secrets) -> CoreConfig:
    """What RESINA would have been told of our sites."""
    resina = administration.platform.resina
    core = resina.cores[name]
    return CoreConfig(
        name=name,
        asn=resina.asn,
        router_id=core.router_id,
        served=tuple(n.prefix for site in core.serves for n in administration.sites[site].networks.values()),
        neighbors=tuple(
            Neighbor(
                uplink.address.ip,
                router.entry.asn,
                router_name,
                _outward(administration, router_name),
                secrets.get(f"device-{router_name}", f"bgp/{name}"),
            )
            for router_name, router in administration.routers.items()
            for uplink in router.entry.uplinks
            if uplink.core == name
        ),
        others=tuple(other.router_id for other_name, other in resina.cores.items() if other_name != name),
        bfd=resina.bfd,
        communities=resina.communities,
        gateways=tuple(_gateways(administration, name)),
    )


def _gateways(administration: Administration, name: str) -> Iterator[Gateway]:
    cores = administration.platform.resina.cores
    for site in cores[name].serves:
        rank = [other for other, core in cores.items() if site in core.serves].index(name)
        for number, network in enumerate(administration.sites[site].networks.values()):
            address = network.interface(network.gateway)
            yield Gateway(f"lan{number}", number + 1, address, HIGHEST - STEP * rank)  # roles/lab cables them by number
    if world := administration.environment.world:
        address = IPv4Interface((world.prefix[1], world.prefix.prefixlen))
        yield Gateway("world", WORLD, address, HIGHEST - STEP * list(cores).index(name))


def _outward(administration: Administration, router: str) -> tuple[IPv4Network, ...]:
    networks = administration.routers[router].site.networks.values()
    return tuple(network.prefix for network in networks if "resina" in network.reaches)


def configuration(cfg: CoreConfig) -> Secret:
    """The text of frr.conf: it holds the keys of the sessions."""
    withheld = next((neighbor.password for neighbor in cfg.neighbors if neighbor.password.withheld), None)
    return withheld or Secret(render("played/core.conf.j2", cfg=cfg))


@deploy("RESINA core: played")
def core(administration: Administration, name: str) -> None:
    """Ensure that a core routes between the sites that it serves and those behind its uplinks."""
    cfg = core_config(administration, name, secrets_of(administration.environment))
    server.sysctl(name="core: forwards packets", key="net.ipv4.ip_forward", value=1, persist=True)
    config_file(name="core: hop limit of sessions", template="played/core.nft.j2", path="/etc/nftables.conf", cfg=cfg)
    service(name="core: hop limit is active", unit="nftables.service", watches=["/etc/nftables.conf"], reload=True)
    config_file(
        name="core: FRR daemons",
        template="router/daemons.j2",
        path="/etc/frr/daemons",
        user="frr",
        group="frr",
        mode="640",
    )
    secret_file(
        name="core: FRR configuration",
        content=configuration(cfg),
        path="/etc/frr/frr.conf",
        user="frr",
        group="frr",
        mode="640",
        check="vtysh --dryrun --inputfile {} >/dev/null",
    )
    service(name="core: FRR runs", unit="frr.service", watches=["/etc/frr/daemons", "/etc/frr/frr.conf"])
    if cfg.gateways:
        config_file(
            name="core: gateway of the data centre",
            template="played/keepalived.conf.j2",
            path=GATEWAY,
            check="keepalived --config-test --use-file {}",
            cfg=cfg,
        )
        service(name="core: one core is the gateway", unit="keepalived.service", watches=[GATEWAY])
