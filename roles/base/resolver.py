"""Unbound: a resolver of one machine's own, which knows names while every controller is away."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from inventory.model import Administration
from inventory.model.environment import World
from roles.common import config_file, service

PACKAGES = ["dns-root-data", "unbound"]
UNIT, SETTINGS = "unbound.service", "/etc/unbound/unbound.conf"


@dataclass(frozen=True)
class Names:
    """What is known by itself, and who is asked for the rest."""

    hosts: tuple[tuple[str, IPv4Address], ...]  # the names of the inventory
    reverse: tuple[tuple[str, IPv4Address], ...]  # those that their addresses have
    inside: tuple[str, ...]  # the zones that the controllers serve; there they are not signed
    controllers: tuple[IPv4Address, ...]
    outside: tuple[IPv4Address, ...]  # whom all else is asked, and proved (DNSSEC); nobody: the controllers say no
    anchor: str | None  # the key of the root (DNSSEC) where another than the world's is played


def names_of(administration: Administration) -> Names:
    """The names of the inventory, and the zones of the controllers."""
    platform = administration.platform
    hosts = tuple((administration.fqdn(name), address) for name, address in administration.addresses.items())
    return Names(
        hosts=hosts,
        reverse=tuple({address: (name, address) for name, address in reversed(hosts)}.values()),
        inside=(platform.domain, *administration.mail_domains, *dict.fromkeys(map(reverse_of, platform.prefixes))),
        controllers=tuple(each.address for each in administration.running("directory")),
        outside=administration.resolvers,
        anchor=_anchor(administration.environment.world),
    )


def _anchor(world: World | None) -> str | None:
    return world.root_anchor.read_text().strip() if world and world.root_anchor.exists() else None


def reverse_of(prefix: IPv4Network) -> str:
    """The zone of the addresses of a prefix, from its whole bytes (RFC 1035 3.5): 10.0.0.0/8 is 10.in-addr.arpa."""
    known = str(prefix.network_address).split(".")[: max(1, min(3, -(-prefix.prefixlen // 8)))]
    return ".".join([*reversed(known), "in-addr.arpa"])


def resolver(wanted: Names) -> None:
    """Ensure the settings and the service."""
    config_file(
        name="base: settings of the machine's own resolver are valid and in place",
        template="base/unbound.conf.j2",
        path=SETTINGS,
        check="unbound-checkconf {} >/dev/null",
        wanted=wanted,
    )
    # A reload would keep listening where Debian's settings had it listen, and forgets what was known all the same.
    service(name="base: the machine's own resolver runs", unit=UNIT, watches=[SETTINGS])
