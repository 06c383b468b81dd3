"""No packet for a lab address ever leaves this machine: what tries is counted and dropped."""

from collections.abc import Generator
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from pyinfra import host
from pyinfra.api import FactBase, StringCommand, operation

from inventory.model import Administration

TABLE = "administration_lab"
# A packet that tried says in the kernel's log which it was, and of which user.
SAID = "lab guard: "
DROP = f'counter log prefix "{SAID}" flags skuid drop'


class GuardedPrefixes(FactBase[str]):
    """The guard's rules as nft prints them, counters left out; empty where there is no guard."""

    default = str

    def command(self) -> str:
        return f"! nft list tables | grep -q '^table inet {TABLE}$' || nft --stateless list table inet {TABLE}"

    def process(self, output: list[str]) -> str:
        return " ".join(" ".join(output).split())


def lab_addresses(administration: Administration) -> list[str]:
    """Every network that the lab holds, as nft prints them: neighbours as one, a range where that is no prefix."""
    networks = [n.prefix for site in administration.sites.values() for n in site.networks.values()]
    links = [u.address.network for router in administration.routers.values() for u in router.entry.uplinks]
    world = administration.environment.world
    spans: list[tuple[IPv4Address, IPv4Address]] = []
    for network in sorted([*networks, *links, *([world.prefix] if world else [])]):
        first, last = network.network_address, network.broadcast_address
        if spans and int(first) <= int(spans[-1][1]) + 1:
            first, last = spans[-1][0], max(last, spans.pop()[1])
        spans.append((first, last))
    return [_printed(*span) for span in spans]


def _printed(first: IPv4Address, last: IPv4Address) -> str:
    networks: list[IPv4Network] = list(summarize_address_range(first, last))
    return str(networks[0]) if len(networks) == 1 else f"{first}-{last}"


@operation()
def guard(addresses: list[str]) -> Generator[StringCommand, None, None]:
    """
    Ensure that this machine's own interfaces refuse packets for the lab.

    + addresses: the lab's networks
    """
    found = host.get_fact(GuardedPrefixes)
    if f"{{ {', '.join(addresses)} }}" in found and found.count(SAID) == 3:
        host.noop("packets for the lab cannot leave this machine")
        return
    yield StringCommand("nft -f -", _stdin=rules(addresses))


def rules(addresses: list[str]) -> str:
    """The guard in nft's language: it replaces the one that is there."""
    listed = ", ".join(addresses)
    return f"""\
table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
    chain out {{
        type filter hook output priority 0; policy accept;
        oifname != "lo" ip daddr {{ {listed} }} {DROP}
    }}
    chain forward {{
        type filter hook forward priority 0; policy accept;
        ip daddr {{ {listed} }} {DROP}
        ip saddr {{ {listed} }} {DROP}
    }}
}}
"""
