"""The next free addresses. The same inventory always gives the same answer."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network

from inventory.model import Administration, Site

BLOCK = 20  # what a building gets by itself: four networks of 1,022 addresses
LINK = 30  # a link to RESINA: two ends
WIDEST = 16  # of a building's block; the narrowest is that of the plans in platform.yaml


def site_block(site: Site) -> IPv4Network | None:
    """The block of a site; where it says none, the smallest that holds all its networks."""
    if site.block is not None:
        return site.block
    networks = [network.prefix for network in site.networks.values()]
    if not networks:
        return None
    block = networks[0]
    while not all(network.subnet_of(block) for network in networks):
        block = block.supernet()
    return block


def in_use(administration: Administration) -> dict[IPv4Network, str]:
    """Every block, network, link and core, and who has it."""
    used = {site.block: name for name, site in administration.sites.items() if site.block is not None}
    used |= {
        network.prefix: f"{name} {title}"
        for name, site in administration.sites.items()
        for title, network in site.networks.items()
        if network.prefix not in used
    }
    for name, router in administration.routers.items():
        used |= {uplink.address.network: name for uplink in router.entry.uplinks}
    return used | {IPv4Network(core.router_id): name for name, core in administration.platform.resina.cores.items()}


def next_block(administration: Administration) -> IPv4Network | None:
    """The first free block after those of the sites; where the end is reached, the first free one at all."""
    sites = {block: name for name, site in administration.sites.items() if (block := site_block(site))}
    used = sites | in_use(administration)
    after = max((int(block.broadcast_address) for block in sites), default=-1)
    inside = [prefix for prefix in administration.platform.prefixes if prefix.prefixlen <= BLOCK]
    later = (block for prefix in inside for block in _from(prefix, BLOCK, after))
    again = (block for prefix in inside for block in prefix.subnets(new_prefix=BLOCK))
    return next(_free(later, used), None) or next(_free(again, used), None)


def next_link(
    administration: Administration, core: str, taken: Mapping[IPv4Network, str] | None = None
) -> IPv4Network | None:
    """The link after the last one to a core; None where there is none yet to go on from. `taken` are no longer free."""
    uplinks = [uplink for router in administration.routers.values() for uplink in router.entry.uplinks]
    links = [uplink.address.network for uplink in uplinks if uplink.core == core]
    if not links:
        return None
    last = max(links)
    later = _from(last.supernet(new_prefix=16), LINK, int(last.broadcast_address))
    return next(_free(later, in_use(administration) | dict(taken or {})), None)


def overlapping(network: IPv4Network, used: dict[IPv4Network, str]) -> tuple[IPv4Network, str] | None:
    """What a network would overlap, and who has it."""
    return next(((other, who) for other, who in used.items() if network.overlaps(other)), None)


def _from(prefix: IPv4Network, length: int, after: int) -> Iterator[IPv4Network]:
    """The subnets of a prefix that begin after an address."""
    size = 2 ** (32 - length)
    first = max(int(prefix.network_address), (after // size + 1) * size)
    for start in range(first, int(prefix.broadcast_address) + 1, size):
        yield IPv4Network((start, length))


def _free(candidates: Iterable[IPv4Network], used: dict[IPv4Network, str]) -> Iterator[IPv4Network]:
    return (candidate for candidate in candidates if overlapping(candidate, used) is None)
