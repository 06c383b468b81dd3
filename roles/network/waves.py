"""Which devices are changed together: a canary, one of each site, the rest; never two that stand in for each other.

Within a site those nearer to RESINA go before those behind them: what is new behind them answers only then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from inventory.model import Administration
from inventory.model.environment import DeviceChanges
from inventory.model.site import Site

OUTSIDE = "RESINA"  # no device has this name: theirs are lower-case

Pair = frozenset[str]


@dataclass(frozen=True)
class Order:
    """What decides who is changed when.

    `apart`: by device, those that must stay as they are while it changes; `nearer`: those of its site with fewer cables
    to RESINA; `behind`: those that only it leads to.
    """

    limits: DeviceChanges = field(default_factory=DeviceChanges)
    sites: Mapping[str, str] = field(default_factory=dict)
    apart: Mapping[str, frozenset[str]] = field(default_factory=dict)
    nearer: Mapping[str, frozenset[str]] = field(default_factory=dict)
    behind: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def site(self, name: str) -> str:
        return self.sites.get(name, "")

    def stand_ins(self, name: str) -> frozenset[str]:
        return self.apart.get(name, frozenset())

    def leads_to(self, name: str) -> frozenset[str]:
        """Those that nothing else leads to."""
        return self.behind.get(name, frozenset())

    def before(self, name: str) -> frozenset[str]:
        """Those that are changed before it, where they change at all."""
        return self.nearer.get(name, frozenset())

    def waves(self, names: Iterable[str]) -> list[list[str]]:
        """The devices in waves: by how near they are to RESINA, then in the inventory's order."""
        remaining = sorted(names, key=lambda name: len(self.before(name)))
        if not remaining:
            return []
        canary = self.limits.canary if self.limits.canary in remaining else remaining[0]
        canary = next((name for name in remaining if name in self.before(canary)), canary)
        remaining.remove(canary)
        first: dict[str, str] = {}
        for name in remaining:
            first.setdefault(self.site(name), name)
        one_a_site = list(first.values())
        rest = [name for name in remaining if name not in one_a_site]
        return [wave for wave in ([canary], one_a_site, rest) if wave]


def order_of(administration: Administration) -> Order:
    """The order in which the devices of an administration are changed."""
    sites = administration.sites.values()
    links = {site.site: _links(site) for site in sites}
    return Order(
        limits=administration.environment.devices,
        sites={name: site.site for site in sites for name in (*site.switches, *site.routers)},
        apart=_by_device(pair for site in sites for pair in redundant(site)),
        nearer={name: found for site in sites for name, found in _nearer(links[site.site]).items()},
        behind={
            name: frozenset(_cut_off(links[site.site], {name}))
            for site in sites
            for name in (*site.switches, *site.routers)
        },
    )


def redundant(site: Site) -> set[Pair]:
    """The pairs of a site that must not be changed at once.

    Both routers; the two ends of a cable, since the session to one may go through the other; two switches with a trunk
    whose other end nobody said, where they carry a network in common; and any two whose loss together cuts off what
    the loss of either alone does not.
    """
    links = _links(site)
    devices = [name for name in links if name in site.switches or name in site.routers]
    alone = {name: _cut_off(links, {name}) for name in devices}
    leads = {name: _unsaid(site, name) for name in devices}

    def apart(one: str, other: str) -> bool:
        return (
            (one in site.routers and other in site.routers)
            or other in links[one]
            or not leads[one].isdisjoint(leads[other])
            or bool(_cut_off(links, {one, other}) - alone[one] - alone[other])
        )

    return {frozenset(pair) for pair in combinations(devices, 2) if apart(*pair)}


def _by_device(pairs: Iterable[Pair]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for pair in pairs:
        for name in pair:
            found[name] = found.get(name, frozenset()) | (pair - {name})
    return found


def _links(site: Site) -> dict[str, set[str]]:
    """Who is at the other end of a cable, both ways. The cores of RESINA are one: it is a network of its own."""
    links: dict[str, set[str]] = {name: set() for name in (OUTSIDE, *site.switches, *site.routers)}
    cables = [(name, port.to) for name, switch in site.switches.items() for port in switch.ports.values() if port.to]
    for one, other in [*cables, *((name, OUTSIDE) for name, router in site.routers.items() if router.uplinks)]:
        links[one].add(other)
        links.setdefault(other, set()).add(one)
    return links


def _cut_off(links: Mapping[str, set[str]], lost: set[str]) -> set[str]:
    """What no longer reaches RESINA when some devices are lost, themselves left out."""
    reached, waiting = {OUTSIDE}, [OUTSIDE]
    while waiting:
        for near in links[waiting.pop()] - reached - lost:
            reached.add(near)
            waiting.append(near)
    return links.keys() - reached - lost


def _nearer(links: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    """By device, those that fewer cables lead to from RESINA. What nothing leads to has none."""
    found: dict[str, frozenset[str]] = {}
    passed: frozenset[str] = frozenset()
    ring = {OUTSIDE}
    while ring:
        found |= dict.fromkeys(ring, passed)
        passed |= ring - {OUTSIDE}
        ring = {far for name in ring for far in links[name]} - found.keys()
    return found


def _unsaid(site: Site, name: str) -> set[str]:
    """The networks of a switch's trunks whose other end is not in the inventory."""
    ports = site.switches[name].ports.values() if name in site.switches else ()
    return {network for port in ports if port.to is None for network in port.trunk or []}
