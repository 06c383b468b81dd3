"""The configuration: sections of lines in the order in which IOS prints them, and what they mean for a port."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Interface
from typing import ClassVar

from .. import vlans
from ..cisco.sections import ARCHIVE, BANNER, TOP, Sections
from ..meaning import Guards, Port, Protection

PORTS = tuple(f"GigabitEthernet1/0/{number}" for number in range(1, 25))
LAST = ("ip ", "no ip ", "logging ", "ntp ", "snmp-server ", "access-list ")  # printed after the interfaces
FIRST = (  # but these before them
    "ip dhcp snooping",
    "no ip dhcp snooping",
    "ip arp inspection",
    "no ip source-route",
)
SNOOPED = "ip dhcp snooping vlan"
INSPECTED = "ip arp inspection vlan"
ARP_RATE = 15  # packets a second, unless another rate is set
RECOVERY = "errdisable recovery cause "
ACL = "arp access-list "
NAMED = "ip access-list standard "


@dataclass
class Config(Sections):
    """The sections of a switch."""

    unnamed: ClassVar[str] = "Switch"

    sections: dict[str, dict[str, str]] = field(default_factory=lambda: {TOP: {"hostname": "hostname Switch"}})

    @property
    def default_gateway(self) -> str | None:
        return self.value(TOP, "ip default-gateway")

    @property
    def vlans(self) -> dict[int, str]:
        """The VLAN database. VLAN 1 is always there."""
        found = {1: "default"}
        for header in self.sections:
            if header.startswith("vlan "):
                number = int(header.split()[1])
                found[number] = self.value(header, "name") or f"VLAN{number:04d}"
        return dict(sorted(found.items()))

    @property
    def addresses(self) -> dict[int, tuple[str | None, bool]]:
        """VLAN -> address with its prefix length, and whether the interface is up, of each `interface Vlan`."""
        found = {}
        for header, lines in self.sections.items():
            if header.startswith("interface Vlan"):
                address = self.value(header, "ip address")
                with_prefix = str(IPv4Interface(address.replace(" ", "/"))) if address else None
                found[int(header.removeprefix("interface Vlan"))] = (with_prefix, "shutdown" not in lines)
        return found

    @property
    def ports(self) -> tuple[str, ...]:
        return PORTS

    def port(self, name: str) -> Port:
        header = f"interface {name}"
        allowed = self.value(header, "switchport trunk allowed vlan")
        return Port(
            description=self.value(header, "description") or "",
            enabled="shutdown" not in self.sections.get(header, {}),
            trunk=self.value(header, "switchport mode") == "trunk",
            access=int(self.value(header, "switchport access vlan") or 1),
            native=int(self.value(header, "switchport trunk native vlan") or 1),
            allowed=_allowed(allowed),
            voice=int(self.value(header, "switchport voice vlan") or 0) or None,
            protection=self._protection(header),
        )

    def _protection(self, header: str) -> Protection:
        lines, top = self.sections.get(header, {}), self.sections[TOP]
        trunk = self.value(header, "switchport mode") == "trunk"
        snooped = self._snooped
        native = int(self.value(header, "switchport trunk native vlan") or 1)
        mine = {int(self.value(header, f"switchport {kind} vlan") or 1) for kind in ("access", "voice")}
        secure = "switchport port-security" in lines
        violation = self.value(header, "switchport port-security violation") or "shutdown"
        storm = self.value(header, "storm-control broadcast level pps")
        rate = self.value(header, "ip dhcp snooping limit rate")
        fast = lines.get("spanning-tree portfast")
        trusted = "ip dhcp snooping trust" in lines
        carried = {*_allowed(self.value(header, "switchport trunk allowed vlan")), native} if trunk else mine
        inspected = frozenset() if "ip arp inspection trust" in lines else self._inspected & carried
        return Protection(
            bpduguard=self.value(header, "spanning-tree bpduguard") == "enable",
            portfast=fast is not None and (not trunk or fast.endswith("trunk")),
            rootguard=self.value(header, "spanning-tree guard") == "root",
            no_servers=bool(snooped) and not trusted and (trunk or bool(snooped & mine)),
            dhcp_rate=int(rate) if rate else None,
            storm=int(storm) if storm else None,
            storm_shuts=self.value(header, "storm-control action") == "shutdown",
            macs=int(self.value(header, "switchport port-security maximum") or 1) if secure else None,
            violation=violation,
            lldp="lldp run" in top and "lldp transmit" not in lines,
            vouches=bool(snooped) and trusted,
            inspected=inspected,
            arp_rate=int(self.value(header, "ip arp inspection limit rate") or ARP_RATE) if inspected else None,
        )

    @property
    def guards(self) -> Guards:
        top = self.sections[TOP].values()
        causes = (line.removeprefix(RECOVERY) for line in top if line.startswith(RECOVERY))
        tree = next((line for line in top if re.match(r"spanning-tree vlan \S+ priority", line)), None)
        return Guards(
            rapid=self.value(TOP, "spanning-tree mode") == "rapid-pvst",
            priority=int(tree.split()[-1]) if tree else 32768,
            recovers=frozenset(causes),
            recovery=int(self.value(TOP, "errdisable recovery interval") or 300),
            snooped=frozenset(self._snooped),
            kept="ip dhcp snooping database" in self.sections[TOP],
            fixed=frozenset(self._fixed()),
        )

    @property
    def _snooped(self) -> set[int]:
        """The VLANs whose DHCP is watched: none while snooping as a whole is off."""
        return vlans.parse(self.value(TOP, SNOOPED) or "") if "ip dhcp snooping" in self.sections[TOP] else set()

    @property
    def _inspected(self) -> frozenset[int]:
        return frozenset(vlans.parse(self.value(TOP, INSPECTED) or ""))

    def _fixed(self) -> Iterator[tuple[int, str]]:
        """What ARP access lists permit, in the VLANs that they filter."""
        for line in self.sections[TOP]:
            if found := re.fullmatch(r"ip arp inspection filter (\S+) vlan (\S+)", line):
                entries = self.sections.get(f"{ACL}{found[1]}", {})
                hosts = [entry.split()[3] for entry in entries if entry.startswith("permit ip host ")]
                yield from ((vlan, host) for vlan in vlans.parse(found[2]) for host in hosts)

    def render(self) -> str:
        """The lines of `show running-config`. Every physical port is there, configured or not."""
        top = [line for key, line in self.sections[TOP].items() if key != BANNER]
        last = [line for line in top if line.startswith(LAST) and not line.startswith(FIRST)]
        blocks = [[line] for line in top if line not in last]
        for header in self.sections:
            if header == ARCHIVE or header.startswith((ACL, "radius server ")):
                blocks.append([header, *(f" {line}" for line in self.sections[header].values())])
        for header in self._headers():
            lines = list(self.sections.get(header, {}).values())
            if header.startswith("interface Vlan") and "ip address" not in self.sections[header]:
                lines.insert(0, "no ip address")
            blocks.append([header, *(f" {line}" for line in lines)])
        blocks.append(last)
        for header in self.sections:
            if header.startswith(NAMED):
                blocks.append([header, *(f" {line}" for line in self.sections[header].values())])
        blocks += [[line] for key, line in self.sections[TOP].items() if key == BANNER]
        blocks += [[header, *(f" {line}" for line in self.sections[header].values())] for header in self._lines()]
        return "\n".join("\n".join([*block, "!"]) for block in blocks if block)

    def _headers(self) -> list[str]:
        numbered: dict[str, list[int]] = {"vlan ": [], "interface Vlan": []}
        for header in self.sections:
            for kind, numbers in numbered.items():
                if header.startswith(kind):
                    numbers.append(int(header.removeprefix(kind)))
        return [
            *(f"vlan {number}" for number in sorted(numbered["vlan "])),
            *(f"interface {port}" for port in PORTS),
            *(f"interface Vlan{number}" for number in sorted(numbered["interface Vlan"])),
        ]

    def _lines(self) -> list[str]:
        return sorted(header for header in self.sections if header.startswith("line "))


@cache
def _allowed(text: str | None) -> frozenset[int]:
    """What a trunk carries; without a list, everything."""
    if text is None:
        return frozenset(vlans.ALL)
    return frozenset() if text == "none" else frozenset(vlans.parse(text))
