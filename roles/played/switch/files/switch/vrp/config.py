"""The configuration: sections of lines in the order in which VRP prints them, and what they mean for a port."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface

from ..meaning import Guards, Port, Protection
from . import ranges

PORTS = tuple(f"GigabitEthernet0/0/{number}" for number in range(1, 25))
TOP = ""  # the section of the lines that stand by themselves
AAA = "aaa"
EDGE = "stp edged-port"
KIND, DEFAULT, PVID = "port link-type", "port default vlan", "port trunk pvid vlan"
ALLOW = "port trunk allow-pass vlan"  # its value is the whole set, VLAN 1 too
HYBRID_PVID, TAGGED, UNTAGGED = (
    "port hybrid pvid vlan",
    "port hybrid tagged vlan",
    "port hybrid untagged vlan",
)  # sets too
ROUTE = "ip route-static 0.0.0.0 0.0.0.0 "
LAST = ("ip route-static", "snmp-agent", "ntp-service", "stelnet", "telnet", "undo telnet")  # after the interfaces
FIXED = re.compile(r"user-bind static ip-address (\S+) vlan (\d+)")
ARP = "arp anti-attack check user-bind enable"
RECOVERY = "error-down auto-recovery cause"
CAUSES = {  # as every switch names them
    "bpdu-protection": "bpduguard",
    "storm-control": "storm-control",
    "portsec-reachedlimit": "psecure-violation",
}
FIRST_OF_PORT = ("shutdown", "description", KIND, DEFAULT, PVID, ALLOW, HYBRID_PVID, TAGGED, UNTAGGED)


@dataclass
class Config:
    """Section -> setting -> line. A setting that is not there has its default."""

    sections: dict[str, dict[str, str]] = field(default_factory=lambda: {TOP: {"sysname": "sysname HUAWEI"}})

    @property
    def hostname(self) -> str:
        return self.sections[TOP].get("sysname", "sysname HUAWEI").split()[1]

    @property
    def default_gateway(self) -> str | None:
        """The next hop of a default route: of several, one that is in a network of an interface that is up."""
        hops = [line.removeprefix(ROUTE).split()[0] for line in self.sections[TOP].values() if line.startswith(ROUTE)]
        networks = [IPv4Interface(address).network for address, up in self.addresses.values() if address and up]
        near = [hop for hop in hops if any(IPv4Address(hop) in network for network in networks)]
        return next(iter([*near, *hops]), None)

    @property
    def vlans(self) -> dict[int, str]:
        """The VLANs with their descriptions. VLAN 1 is always there."""
        numbers = {1, *(int(header.split()[1]) for header in self.sections if header.startswith("vlan "))}
        return {n: self.value(f"vlan {n}", "description") or f"VLAN {n:04d}" for n in sorted(numbers)}

    @property
    def addresses(self) -> dict[int, tuple[str | None, bool]]:
        """VLAN -> address with its prefix length, and whether the interface is up, of each Vlanif."""
        found = {}
        for header, lines in self.sections.items():
            if header.startswith("interface Vlanif"):
                address = self.value(header, "ip address")
                with_prefix = str(IPv4Interface(address.replace(" ", "/"))) if address else None
                found[int(header.removeprefix("interface Vlanif"))] = (with_prefix, "shutdown" not in lines)
        return found

    @property
    def guards(self) -> Guards:
        """VRP's trees are rapid, of each mode but `stp`."""
        causes = {cause: self.value(TOP, f"{RECOVERY} {cause}") for cause in CAUSES}
        waits = [int(text.split()[-1]) for text in causes.values() if text]
        return Guards(
            rapid=self.value(TOP, "stp mode") != "stp",
            priority=int(self.value(TOP, "stp instance 0 priority") or 32768),
            recovers=frozenset(CAUSES[cause] for cause, text in causes.items() if text),
            recovery=max(waits, default=300),
            snooped=self._snooped,
            fixed=frozenset((int(found[2]), found[1]) for found in map(FIXED.fullmatch, self.sections[TOP]) if found),
        )

    @property
    def ports(self) -> tuple[str, ...]:
        return PORTS

    def port(self, name: str) -> Port:
        header = f"interface {name}"
        tagged = self.hybrid(header, TAGGED)
        return Port(
            description=self.value(header, "description") or "",
            enabled="shutdown" not in self.sections.get(header, {}),
            trunk=self.kind(header) == "trunk",
            access=self.access(header),
            voice=min(tagged, default=None),
            native=int(self.value(header, PVID) or 1),
            allowed=frozenset(self.allowed(header)),
            protection=self._protection(header),
        )

    def _protection(self, header: str) -> Protection:
        lines, top = self.sections.get(header, {}), self.sections[TOP]
        storm = lines.get("storm-control broadcast")
        secured = "port-security enable" in lines
        rate = "dhcp snooping check dhcp-rate"
        carried = self.allowed(header) if self.kind(header) == "trunk" else {self.access(header)}
        everywhere = {*carried, *self.hybrid(header, TAGGED)}
        snooped = bool(self._snooped & everywhere)
        trusted = "dhcp snooping trusted" in lines
        return Protection(
            bpduguard=self.edge(header) and "stp bpdu-protection" in top,
            portfast=self.edge(header),
            rootguard="stp root-protection" in lines,
            no_servers=snooped and not trusted,
            dhcp_rate=int(self.value(header, rate) or 100) if f"{rate} enable" in lines else None,
            storm=int(storm.split()[-1]) if storm else None,
            storm_shuts=self.value(header, "storm-control action") == "error-down",
            macs=int(self.value(header, "port-security max-mac-num") or 1) if secured else None,
            violation=self.value(header, "port-security protect-action") or "restrict",
            lldp="lldp enable" in top and "lldp enable" not in lines,
            vouches=snooped and trusted,
            inspected=frozenset(everywhere if ARP in lines else ()),
        )

    @property
    def _snooped(self) -> frozenset[int]:
        """The VLANs whose DHCP is watched: none while snooping is off for the switch."""
        watched = (vlan for vlan in self.vlans if "dhcp snooping enable" in self.sections.get(f"vlan {vlan}", {}))
        return frozenset(watched) if "dhcp snooping enable" in self.sections[TOP] else frozenset()

    def kind(self, header: str) -> str | None:
        """`access` or `trunk`; None while nobody said so."""
        return self.value(header, KIND)

    def edge(self, header: str) -> bool:
        return self.value(header, EDGE) == "enable"

    def allowed(self, header: str) -> set[int]:
        """What a trunk lets pass: VLAN 1 unless it was taken out."""
        value = self.value(header, ALLOW)
        return {1} if value is None else {int(vlan) for vlan in value.split()}

    def access(self, header: str) -> int:
        """The VLAN of frames without tag, of a port that is no trunk."""
        return int(self.value(header, DEFAULT) or self.value(header, HYBRID_PVID) or 1)

    def hybrid(self, header: str, setting: str) -> set[int]:
        """The VLANs of a hybrid port with or without tags: VLAN 1 is without, unless it was taken out."""
        value = self.value(header, setting)
        if value is None:
            return {1} if setting == UNTAGGED and self.kind(header) == "hybrid" else set()
        return {int(vlan) for vlan in value.split()}

    def mix(self, header: str, setting: str, vlans: set[int]) -> None:
        if vlans == ({1} if setting == UNTAGGED else set()):
            self.section(header).pop(setting, None)
        else:
            self.section(header)[setting] = f"{setting} {' '.join(map(str, sorted(vlans)))}".rstrip()

    def allow(self, header: str, vlans: set[int]) -> None:
        if vlans == {1}:
            self.section(header).pop(ALLOW, None)
        else:
            self.section(header)[ALLOW] = f"{ALLOW} {' '.join(map(str, sorted(vlans)))}"

    def value(self, header: str, setting: str) -> str | None:
        line = self.sections.get(header, {}).get(setting)
        return None if line is None else line.removeprefix(setting).strip()

    def section(self, header: str) -> dict[str, str]:
        return self.sections.setdefault(header, {})

    def render(self) -> str:
        """The lines of `display current-configuration`, from the first # to the last one."""
        top = [line for line in self.sections[TOP].values() if not line.startswith("sysname ")]
        batch = ranges.lines("vlan batch", set(self.vlans) - {1})
        blocks = [[f"sysname {self.hostname}"], batch, [line for line in top if not line.startswith(LAST)]]
        blocks += [self._block(f"vlan {n}") for n in self.vlans if self.sections.get(f"vlan {n}")]
        blocks += [self._block(AAA)] if AAA in self.sections else []
        for kind in ("classifier", "behavior", "policy"):  # a policy names both others, and ports name it
            blocks += [self._block(header) for header in self.sections if header.startswith(f"traffic {kind} ")]
        blocks += [self._block(f"interface Vlanif{n}") for n in sorted(self.addresses)]
        blocks += [[f"interface {port}", *self._port_lines(f"interface {port}")] for port in PORTS]
        acls = sorted(header for header in self.sections if header.startswith("acl "))
        blocks += [self._block(header) for header in acls]
        blocks += [["interface NULL0"], [line for line in top if line.startswith(LAST)]]
        terminals = ["user-interface con 0", *self._terminals()]
        blocks.append([text for header in terminals for text in self._block(header)])
        return "#\n" + "\n".join("\n".join([*block, "#"]) for block in blocks if block)

    def _block(self, header: str) -> list[str]:
        return [header, *(f" {line}" for line in self.sections.get(header, {}).values())]

    def _port_lines(self, header: str) -> Iterator[str]:
        lines = self.sections.get(header, {})
        for setting in (*FIRST_OF_PORT, *(each for each in lines if each not in FIRST_OF_PORT)):
            if setting == ALLOW and self.kind(header) == "trunk":
                vlans = self.allowed(header)
                yield from (f" {line}" for line in ranges.lines(f"undo {ALLOW}", {1} - vlans))
                yield from (f" {line}" for line in ranges.lines(ALLOW, vlans - {1}))
            elif setting in (TAGGED, UNTAGGED):
                if setting == TAGGED and self.kind(header) == "hybrid":
                    out = {1} - self.hybrid(header, TAGGED) - self.hybrid(header, UNTAGGED)
                    yield from (f" {line}" for line in ranges.lines("undo port hybrid vlan", out))
                usual = {1} if setting == UNTAGGED else set()
                yield from (f" {line}" for line in ranges.lines(setting, self.hybrid(header, setting) - usual))
            elif setting in lines and setting != ALLOW:
                yield f" {lines[setting]}"

    def _terminals(self) -> list[str]:
        return sorted(header for header in self.sections if header.startswith("user-interface vty"))
