"""No packet for a lab address ever leaves this machine: what tries is counted and dropped."""

from collections.abc import Generator
from ipaddress import IPv4Network, collapse_addresses

from pyinfra import host
from pyinfra.api import FactBase, StringCommand, operation

from inventory.model import Administration

TABLE = "administration_lab"


class GuardedPrefixes(FactBase[str]):
    """The guard's rules as nft prints them, counters left out; empty where there is no guard."""

    default = str

    def command(self) -> str:
        return f"! nft list tables | grep -q '^table inet {TABLE}$' || nft --stateless list table inet {TABLE}"

    def process(self, output: list[str]) -> str:
        return " ".join(" ".join(output).split())


def lab_prefixes(administration: Administration) -> list[IPv4Network]:
    """Every network that the lab holds; neighbours as one, which is how nft prints them."""
    networks = [n.prefix for site in administration.sites.values() for n in site.networks.values()]
    links = [u.address.network for router in administration.routers.values() for u in router.entry.uplinks]
    return list(collapse_addresses([*networks, *links]))


@operation()
def guard(prefixes: list[IPv4Network]) -> Generator[StringCommand, None, None]:
    """
    Ensure that this machine's own interfaces refuse packets for the lab.

    + prefixes: the lab's networks
    """
    addresses = ", ".join(map(str, prefixes))
    if f"{{ {addresses} }}" in host.get_fact(GuardedPrefixes):
        host.noop("packets for the lab cannot leave this machine")
        return
    yield StringCommand("nft -f -", _stdin=rules(prefixes))


def rules(prefixes: list[IPv4Network]) -> str:
    """The guard in nft's language: it replaces the one that is there."""
    addresses = ", ".join(map(str, prefixes))
    return f"""\
table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
    chain out {{
        type filter hook output priority 0; policy accept;
        oifname != "lo" ip daddr {{ {addresses} }} counter drop
    }}
    chain forward {{
        type filter hook forward priority 0; policy accept;
        ip daddr {{ {addresses} }} counter drop
        ip saddr {{ {addresses} }} counter drop
    }}
}}
"""
