"""The configuration of a router: sections of lines in the order in which IOS XE prints them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import ClassVar

from ..cisco.sections import BANNER, TOP, WITHIN, Sections
from ..meaning import Guards, Port
from .type7 import hidden

# Read again and again, and always the same ones.
interface, network, neighbour = cache(IPv4Interface), cache(IPv4Network), cache(IPv4Address)

PORTS = tuple(f"GigabitEthernet0/0/{number}" for number in range(3))  # of an ISR 4331
FAMILY = "address-family ipv4"
FLAT = "bgp default ipv4-unicast"  # a setting that is on unless somebody says no
FIRST = ("hostname", "service", "no service", "aaa", "username", "login", "no ip source-route", "ip dhcp excluded")
ORDER = (  # of sections
    "archive", "ip dhcp pool ", "class-map ", "policy-map ", "zone security ", "zone-pair ", "interface ",
    "router bgp ", "ip access-list ", "route-map ", "line ",
)  # fmt: skip


@dataclass
class Config(Sections):
    """The sections of a router, and what it routes."""

    unnamed: ClassVar[str] = "Router"

    sections: dict[str, dict[str, str]] = field(
        default_factory=lambda: {
            TOP: {"hostname": "hostname Router"},
            **{f"interface {port}": {"negotiation auto": "negotiation auto", "shutdown": "shutdown"} for port in PORTS},
        }
    )

    # What a data plane of switches asks: a router has none of it.
    vlans: dict[int, str] = field(default_factory=dict)
    addresses: dict[int, tuple[str | None, bool]] = field(default_factory=dict)
    default_gateway: None = None
    guards: Guards = field(default_factory=Guards)

    @property
    def ports(self) -> tuple[str, ...]:
        return PORTS

    def port(self, name: str) -> Port:
        raise KeyError(name)

    # What it routes

    def up(self) -> dict[str, IPv4Interface]:
        """The interfaces that are up, with their addresses."""
        found = {}
        for header, lines in self.sections.items():
            parent = self.sections.get(header.partition(".")[0], {})
            address = self.value(header, "ip address") if header.startswith("interface ") else None
            if address and "shutdown" not in lines and "shutdown" not in parent:
                found[header.removeprefix("interface ")] = interface(address.replace(" ", "/"))
        return found

    @property
    def bgp(self) -> str | None:
        """The section of BGP."""
        return next((h for h in self.sections if h.startswith("router bgp ") and WITHIN not in h), None)

    def family(self) -> dict[str, str]:
        return self.sections.get(f"{self.bgp}{WITHIN}{FAMILY}", {})

    def neighbours(self) -> Iterator[tuple[IPv4Address, int]]:
        for line in self.sections.get(self.bgp or "", {}).values():
            if found := re.fullmatch(r"neighbor (\S+) remote-as (\d+)", line):
                yield neighbour(found[1]), int(found[2])

    def permits(self, name: str | None, prefix: IPv4Network) -> bool:
        """Whether a prefix list lets a prefix through; one that does not exist lets all through."""
        pattern = rf"ip prefix-list {re.escape(name or '')} seq (\d+) (permit|deny) (\S+)(?: le (\d+))?"
        found = [match for line in self.sections[TOP].values() if (match := re.fullmatch(pattern, line))]
        for match in sorted(found, key=lambda match: int(match[1])):
            within = network(match[3])
            if prefix.subnet_of(within) and prefix.prefixlen <= int(match[4] or within.prefixlen):
                return match[2] == "permit"
        return not found

    # Text

    def render(self) -> str:
        """The lines of `show running-config`."""
        top = [line for key, line in self.sections[TOP].items() if key != BANNER]
        blocks = [[line] for line in top if line.startswith(FIRST)]
        for kind in ORDER:
            blocks += [self._block(header) for header in self._of(kind) if kind != "line "]
        blocks.append([line for line in top if not line.startswith(FIRST)])
        blocks += [[line] for key, line in self.sections[TOP].items() if key == BANNER]
        blocks += [self._block(header) for header in self._of("line ")]
        return "\n".join("\n".join([*block, "!"]) for block in blocks if block)

    def _of(self, kind: str) -> list[str]:
        return [header for header in self.sections if header.startswith(kind) and WITHIN not in header]

    def _block(self, header: str) -> list[str]:
        lines = [f" {self._shown(line)}" for line in self._lines(header)]
        if header.startswith("interface ") and not any(line.startswith(" ip address ") for line in lines):
            lines.insert(0, " no ip address")
        flat = self._flat(header)
        for inner in [h for h in self.sections if h.startswith(f"{header}{WITHIN}")]:
            within = [line for line in self._lines(inner) if not (flat and line.endswith(" activate"))]
            if flat:
                lines += [f" {line}" for line in within]
                continue
            family = inner.endswith(FAMILY)
            lines += [" !"] if family else []
            lines += [f" {inner.removeprefix(f'{header}{WITHIN}')}", *(f"  {line}" for line in within)]
            lines += [" exit-address-family"] if family else []
        return [header, *lines]

    def _lines(self, header: str) -> list[str]:
        lines = list(self.sections[header].values())
        if header.startswith("ip access-list "):
            return [f"{number} {line}" for number, line in zip(range(10, 10_000_000, 10), lines, strict=False)]
        return lines

    def _flat(self, header: str) -> bool:
        """Whether BGP's one address family is not named: then every neighbour is active in it."""
        if not header.startswith("router bgp ") or FLAT in self.sections[header]:
            return False
        return all(f"neighbor {peer} activate" in self.family() for peer, _ in self.neighbours())

    def _shown(self, line: str) -> str:
        found = re.fullmatch(r"(neighbor \S+ password) (\S+)", line)
        if found and "service password-encryption" in self.sections[TOP]:
            return f"{found[1]} 7 {hidden(found[2])}"
        return line
