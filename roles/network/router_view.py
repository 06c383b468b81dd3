"""What the configuration of an IOS router means: its ways to RESINA, what it announces, who may log in."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from roles.network.routing import RouterView, Sections, Way

FAMILY = "address-family ipv4 | "
EVERYWHERE = IPv4Network("0.0.0.0/0")
ORDINARY = 100  # the preference of what no route map changes


def view(sections: Sections) -> RouterView:
    """Of sections as Driver reads them."""
    addresses = dict(_addresses(sections))
    bgp = {int(header.split()[2]): lines for header, lines in sections.items() if header.startswith("router bgp ")}
    lines = next(iter(bgp.values()), ())
    ways = dict(_ways(sections, lines, addresses))
    terminals = [lines for header, lines in sections.items() if header.startswith("line vty ")]
    return RouterView(
        asns=frozenset(bgp),
        addresses=addresses,
        ways=ways,
        announced=frozenset(_announced(sections, lines, addresses, [way.peer for way in ways.values()])),
        switches=frozenset(
            IPv4Address(found[1])
            for line in sections.get("ip access-list extended SWITCHES", ())
            if (found := re.fullmatch(r"permit tcp host \S+ host (\S+) eq (?:22|ssh)", line))
        ),
        users=frozenset(line.split()[1] for line in sections if line.startswith("username ")),
        asks_local="aaa new-model" in sections or any("login local" in lines for lines in terminals),
        admits=not terminals or any("transport input none" not in lines for lines in terminals),
        bastions=_bastions(sections, terminals),
    )


def permits(sections: Sections, name: str | None, prefix: IPv4Network) -> bool:
    """Whether a prefix list lets a prefix through; one that does not exist lets all through."""
    entries = sorted(_entries(sections, name), key=lambda entry: entry[0]) if name else []
    for _, action, within, low, high in entries:
        if prefix.subnet_of(within) and low <= prefix.prefixlen <= high:
            return action == "permit"
    return not entries


def _entries(sections: Sections, name: str) -> Iterator[tuple[int, str, IPv4Network, int, int]]:
    for line in sections:
        found = re.fullmatch(
            rf"ip prefix-list {re.escape(name)} seq (\d+) (permit|deny) (\S+)(?: ge (\d+))?(?: le (\d+))?", line
        )
        if found:
            within = IPv4Network(found[3])
            low = int(found[4] or within.prefixlen)
            yield int(found[1]), found[2], within, low, int(found[5] or (32 if found[4] else low))


def _addresses(sections: Sections) -> Iterator[tuple[str, IPv4Interface]]:
    for header, lines in sections.items():
        if header.startswith("interface ") and "shutdown" not in lines:
            name = header.removeprefix("interface ")
            parent = sections.get(f"interface {name.partition('.')[0]}", ())
            found = next((line.split()[2:4] for line in lines if re.fullmatch(r"ip address \S+ \S+", line)), None)
            if found and "shutdown" not in parent:
                yield name, IPv4Interface("/".join(found))


def _ways(sections: Sections, bgp: Iterable[str], addresses: dict[str, IPv4Interface]) -> Iterator[tuple[str, Way]]:
    said = set(bgp)
    for line in bgp:
        found = re.fullmatch(r"neighbor (\S+) remote-as (\d+)", line)
        if not found or f"neighbor {found[1]} shutdown" in said:
            continue
        peer = IPv4Address(found[1])
        interface = next((name for name, address in addresses.items() if peer in address.network), None)
        if interface is None or f"{FAMILY}neighbor {peer} activate" not in said:
            continue
        into = _applied(said, peer, "prefix-list", "in")
        yield (
            interface,
            Way(
                interface=interface,
                address=addresses[interface],
                peer=peer,
                asn=int(found[2]),
                preference=_preference(sections, _applied(said, peer, "route-map", "in")),
                key=next((line for line in said if line.startswith(f"neighbor {peer} password ")), ""),
                default=permits(sections, into, EVERYWHERE),
            ),
        )


def _applied(bgp: Iterable[str], peer: IPv4Address, kind: str, direction: str) -> str | None:
    pattern = rf"{re.escape(FAMILY)}neighbor {re.escape(str(peer))} {kind} (\S+) {direction}"
    return next((found[1] for line in bgp if (found := re.fullmatch(pattern, line))), None)


def _preference(sections: Sections, name: str | None) -> int:
    for header, lines in sections.items():
        if name and header.startswith(f"route-map {name} "):
            for line in lines:
                if line.startswith("set local-preference "):
                    return int(line.split()[2])
    return ORDINARY


def _announced(
    sections: Sections, bgp: Iterable[str], addresses: dict[str, IPv4Interface], peers: Iterable[IPv4Address]
) -> Iterator[IPv4Network]:
    """The networks that it has, says, and lets out to somebody."""
    said = set(bgp)
    here = {address.network for address in addresses.values()}
    lists = [_applied(said, peer, "prefix-list", "out") for peer in peers]
    for line in said:
        if found := re.fullmatch(rf"{re.escape(FAMILY)}network (\S+) mask (\S+)", line):
            network = IPv4Network(f"{found[1]}/{found[2]}")
            if network in here and any(permits(sections, name, network) for name in lists):
                yield network


def _bastions(sections: Sections, terminals: Iterable[Iterable[str]]) -> frozenset[str] | None:
    """Who may log in, on the terminal line that admits most; None where one admits anybody."""
    found: set[str] = set()
    for lines in terminals:
        name = next((line.split()[1] for line in lines if line.startswith("access-class ")), None)
        entries = sections.get(f"ip access-list standard {name}") if name else None
        if entries is None:
            return None
        found |= {line.removeprefix("permit ").removeprefix("host ") for line in entries if line.startswith("permit ")}
    return frozenset(found) if found or any(True for _ in terminals) else None
