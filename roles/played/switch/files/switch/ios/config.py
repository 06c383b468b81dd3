"""The configuration: sections of lines in the order in which IOS prints them, and what they mean for a port."""

from dataclasses import dataclass, field
from ipaddress import IPv4Interface

from .. import vlans
from ..meaning import Port, Protection

PORTS = tuple(f"GigabitEthernet1/0/{number}" for number in range(1, 25))
TOP = ""  # the section of the lines that stand by themselves
ARCHIVE = "archive"
LAST = ("ip ", "no ip ", "logging ", "ntp ", "snmp-server ")  # printed after the interfaces


@dataclass
class Config:
    """Section -> setting -> line. A setting that is not there has its default."""

    sections: dict[str, dict[str, str]] = field(default_factory=lambda: {TOP: {"hostname": "hostname Switch"}})

    @property
    def hostname(self) -> str:
        return self.sections[TOP].get("hostname", "hostname Switch").split()[1]

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

    @property
    def archive(self) -> str | None:
        """Where copies of the configuration are kept; None while it is not configured."""
        return self.value(ARCHIVE, "path")

    def port(self, name: str) -> Port:
        header = f"interface {name}"
        allowed = self.value(header, "switchport trunk allowed vlan") or vlans.render(vlans.ALL)
        return Port(
            description=self.value(header, "description") or "",
            enabled="shutdown" not in self.sections.get(header, {}),
            trunk=self.value(header, "switchport mode") == "trunk",
            access=int(self.value(header, "switchport access vlan") or 1),
            native=int(self.value(header, "switchport trunk native vlan") or 1),
            allowed=frozenset() if allowed == "none" else frozenset(vlans.parse(allowed)),
            protection=Protection(
                bpduguard=self.value(header, "spanning-tree bpduguard") == "enable",
                portfast=self.value(header, "spanning-tree portfast") is not None,
            ),
        )

    def value(self, header: str, setting: str) -> str | None:
        line = self.sections.get(header, {}).get(setting)
        return None if line is None else line.removeprefix(setting).strip()

    def section(self, header: str) -> dict[str, str]:
        return self.sections.setdefault(header, {})

    def render(self) -> str:
        """The lines of `show running-config`. Every physical port is there, configured or not."""
        top = list(self.sections[TOP].values())
        blocks = [[line] for line in top if not line.startswith(LAST)]
        if ARCHIVE in self.sections:
            blocks.append([ARCHIVE, *(f" {line}" for line in self.sections[ARCHIVE].values())])
        for header in self._headers():
            lines = list(self.sections.get(header, {}).values())
            if header.startswith("interface Vlan") and "ip address" not in self.sections[header]:
                lines.insert(0, "no ip address")
            blocks.append([header, *(f" {line}" for line in lines)])
        blocks.append([line for line in top if line.startswith(LAST)])
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
