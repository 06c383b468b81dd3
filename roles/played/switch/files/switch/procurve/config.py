"""The configuration: VLANs with their ports, and what they mean for a port."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Interface

from ..meaning import Guards, Port, Protection
from . import ports
from .ports import PORTS

TREE = "spanning-tree {}"
MACS, STORM = r"port-security .*address-limit (\d+) action (\S+)", r"broadcast-storm .* pps (\d+)"
DEFAULT = 1  # the VLAN that a port is in when it is in no other
LEASED = "dhcp-bootp"
WATCHED = ("dhcp-snooping", "arp-protect")
VIOLATIONS = {"none": "protect", "send-alarm": "restrict", "send-disable": "shutdown"}
EARLY = (
    "no dhcp-snooping ",
    "console ",
    "ip ",
    "no ip ",
    "logging ",
    "no telnet",
    "no web",
    "sntp ",
    "snmp",
    "time",
    "banner ",
)


@dataclass
class Vlan:
    name: str
    untagged: set[str] = field(default_factory=set)
    tagged: set[str] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)  # with their masks, or LEASED alone
    lines: dict[str, str] = field(default_factory=dict)  # whatever else was set


@dataclass
class PortSettings:
    name: str = ""
    enabled: bool = True
    lines: dict[str, str] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)  # settings that are printed outside, {} is the port -> line


def _factory() -> dict[int, Vlan]:
    return {DEFAULT: Vlan("DEFAULT_VLAN", untagged=set(PORTS), addresses=[LEASED])}


@dataclass
class Config:
    hostname: str = "HP-2530-24G"
    default_gateway: str | None = None
    members: dict[int, Vlan] = field(default_factory=_factory)
    settings: dict[str, PortSettings] = field(default_factory=lambda: {name: PortSettings() for name in PORTS})
    lines: dict[str, str] = field(default_factory=dict)  # global settings -> line

    @property
    def vlans(self) -> dict[int, str]:
        return {number: vlan.name for number, vlan in sorted(self.members.items())}

    @property
    def addresses(self) -> dict[int, tuple[str | None, bool]]:
        """The first address of each VLAN that has one; one that comes by DHCP is not known."""
        return {
            number: (str(IPv4Interface(vlan.addresses[0].replace(" ", "/"))), True)
            for number, vlan in sorted(self.members.items())
            if vlan.addresses and vlan.addresses != [LEASED]
        }

    @property
    def guards(self) -> Guards:
        priority = self.lines.get("spanning-tree priority", "spanning-tree priority 8")
        timeout = self.lines.get("spanning-tree bpdu-protection-timeout", "0").split()[-1]
        return Guards(
            rapid="spanning-tree" in self.lines,
            priority=int(priority.split()[-1]) * 4096,
            recovers=frozenset({"bpduguard", "storm-control"} if int(timeout) else {"storm-control"}),
            recovery=int(timeout) or 300,
            snooped=self._guarded("dhcp-snooping"),
        )

    @property
    def ports(self) -> tuple[str, ...]:
        return PORTS

    def port(self, name: str) -> Port:
        tagged = {number for number, vlan in self.members.items() if name in vlan.tagged}
        untagged = next((number for number, vlan in self.members.items() if name in vlan.untagged), 0)
        return Port(
            description=self.settings[name].name,
            enabled=self.settings[name].enabled,
            trunk=bool(tagged),
            access=untagged,
            native=untagged,
            allowed=frozenset(tagged | ({untagged} if untagged else set())),
            protection=self._protection(name, {*tagged, untagged}),
        )

    def _protection(self, name: str, members: set[int]) -> Protection:
        port = self.settings[name]
        snooped, watched = (frozenset(members) & self._guarded(kind) for kind in WATCHED)
        trusted = "dhcp-snooping trust" in port.lines
        secure, storm = (re.search(pattern, "\n".join(port.outside.values())) for pattern in (MACS, STORM))
        return Protection(
            bpduguard=f"{TREE} bpdu-protection" in port.outside,
            portfast=f"{TREE} admin-edge-port" in port.outside,
            rootguard=f"{TREE} root-guard" in port.outside,
            no_servers=bool(snooped) and not trusted,
            storm=int(storm[1]) if storm else None,
            storm_shuts=storm is not None,
            macs=int(secure[1]) if secure else None,
            violation=VIOLATIONS.get(secure[2], "protect") if secure else "restrict",
            lldp="lldp admin-status {}" not in port.outside,
            vouches=bool(snooped) and trusted,
            inspected=frozenset() if "arp-protect trust" in port.lines else watched,
        )

    def untag(self, number: int, names: set[str]) -> None:
        """Put ports in a VLAN without tag: each leaves the one that it was in so, at once."""
        for vlan in self.members.values():
            vlan.untagged -= names
        self.members[number].tagged -= names
        self.members[number].untagged |= names

    def tag(self, number: int, names: set[str]) -> None:
        self.members[number].untagged -= names
        self.members[number].tagged |= names

    def take_out(self, number: int, names: set[str], tagged: bool) -> None:
        vlan = self.members[number]
        if tagged:
            vlan.tagged -= names
        else:
            vlan.untagged -= names
        self._home(names)

    def alone_in(self, number: int) -> set[str]:
        """The ports that are in no other VLAN."""
        mine = self.members[number].untagged | self.members[number].tagged
        others = [vlan.untagged | vlan.tagged for other, vlan in self.members.items() if other != number]
        return mine - set().union(*others)

    def remove(self, number: int) -> None:
        del self.members[number]
        self.settle()

    def settle(self) -> None:
        self._home(set(PORTS))

    def _home(self, names: set[str]) -> None:
        """A port that is in no VLAN any more falls to the default one."""
        somewhere = set[str]().union(*(vlan.untagged | vlan.tagged for vlan in self.members.values()))
        self.members[DEFAULT].untagged |= names - somewhere

    def render(self) -> str:
        """The lines of `show running-config`, below its header. What has its default is not printed."""
        lines = [f'hostname "{self.hostname}"']
        lines += [line for line in self.lines.values() if line.startswith(EARLY)]
        for name, port in self.settings.items():
            inside = [] if port.enabled else ["disable"]
            inside += [f'name "{port.name}"'] if port.name else []
            inside += port.lines.values()
            lines += _block(f"interface {name}", inside) if inside else []
        lines += [f"ip default-gateway {self.default_gateway}"] if self.default_gateway else []
        for number, vlan in sorted(self.members.items()):
            lines += _block(f"vlan {number}", self._inside(number, vlan))
        lines += [line for line in self.lines.values() if not line.startswith((*EARLY, *WATCHED))]
        lines += [f"{kind} vlan {' '.join(found)}" for kind in WATCHED if (found := self._watched(kind))]
        lines += [kind for kind in WATCHED if kind in self.lines]
        for name, port in self.settings.items():
            lines += [line.format(name) for line in port.outside.values()]
        return "\n".join(lines)

    def _guarded(self, kind: str) -> frozenset[int]:
        """The VLANs whose DHCP or ARP is watched: none while it is off for the switch."""
        return frozenset(map(int, self._watched(kind))) if kind in self.lines else frozenset()

    def _watched(self, kind: str) -> list[str]:
        beginning = f"{kind} vlan "
        return sorted((key.removeprefix(beginning) for key in self.lines if key.startswith(beginning)), key=int)

    def _inside(self, number: int, vlan: Vlan) -> list[str]:
        elsewhere = set(PORTS) - vlan.untagged if number == DEFAULT else set()
        return [
            f'name "{vlan.name}"',
            *([f"no untagged {ports.render(elsewhere)}"] if elsewhere else []),
            *([f"untagged {ports.render(vlan.untagged)}"] if vlan.untagged else []),
            *([f"tagged {ports.render(vlan.tagged)}"] if vlan.tagged else []),
            *([f"ip address {address}" for address in vlan.addresses] or ["no ip address"]),
            *vlan.lines.values(),
        ]


def _block(header: str, inside: list[str]) -> list[str]:
    return [header, *(f"   {line}" for line in inside), "   exit"]
