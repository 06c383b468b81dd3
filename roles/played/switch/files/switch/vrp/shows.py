"""What the `display` commands print, in the layouts of VRP (ntc-templates has transcripts of all but two)."""

from collections.abc import Sequence
from time import monotonic

from ..grammar import Refused
from ..lldp import Neighbour
from ..machine import Learned, Switch
from . import ranges
from .config import PORTS, TAGGED, TOP, UNTAGGED, Config

ABILITIES = {"B": "bridge", "R": "router", "W": "wlanAccessPoint", "T": "telephone"}
VERSION = "V200R019C10SPC500"
RULE = "-" * 80
SHORT_RULE = "-" * 79


def current(switch: Switch) -> str:
    return f"!Software Version {VERSION}\n{switch.config.render()}\nreturn"


def saved(switch: Switch) -> str:
    text = switch.saved
    if text is None:
        return "Error: The configuration file does not exist."
    return f"!Software Version {VERSION}\n{text.removesuffix(chr(10))}"


def version(_switch: Switch) -> str:
    """No Huawei switch: the lab plays its command line in front of Open vSwitch. A parser takes no line more."""
    return f"""\
Huawei Versatile Routing Platform Software
VRP (R) software, Version 5.170 (S5720 {VERSION})
Copyright (C) 2000-2020 HUAWEI TECH Co., Ltd.
HUAWEI S5720-28P-PLAYED Routing Switch uptime is 0 week, 0 day, 0 hour, 0 minute"""


def vlans(switch: Switch) -> str:
    config, links = switch.config, switch.plane.links()
    lines = [
        f"The total number of VLANs is: {len(config.vlans)}",
        RULE,
        "U: Up;         D: Down;         TG: Tagged;         UT: Untagged;",
        "MP: Vlan-mapping;               ST: Vlan-stacking;",
        "#: ProtocolTransparent-vlan;    *: Management-vlan;",
        RULE,
        "",
        "VID  Type    Ports",
        RULE,
    ]
    for number in config.vlans:
        lines += _members(config, number, links)
    lines += ["", "VID  Status  Property      MAC-LRN Statistics Description", RULE]
    lines += [f"{n:<4} enable  default       enable  disable    {name}" for n, name in config.vlans.items()]
    return "\n".join(lines)


def _members(config: Config, number: int, links: dict[str, bool]) -> list[str]:
    """The lines of one VLAN: four ports a line, those without tags first."""
    found: dict[str, list[str]] = {"UT:": [], "TG:": []}
    for name in PORTS:
        port = config.port(name)
        shown = f"{short(name)}({'U' if port.enabled and links.get(name) else 'D'})"
        if port.trunk and number in port.allowed:
            found["UT:" if number == port.native else "TG:"].append(shown)
        elif number == port.voice:
            found["TG:"].append(shown)
        elif not port.trunk and number == port.access:
            found["UT:"].append(shown)
    rows = []
    for how, members in found.items():
        for i, four in enumerate(_rows(members, 4)):
            rows.append((how if i == 0 else "   ") + "".join(f"{member:<16}" for member in four))
    first, rest = (rows or [""])[0], rows[1:]
    return [f"{number:<4} common  {first}".rstrip(), *(f"{'':13}{row}".rstrip() for row in rest)]


def _rows(members: Sequence[str], many: int) -> list[Sequence[str]]:
    return [members[i : i + many] for i in range(0, len(members), many)]


def port_vlans(switch: Switch) -> str:
    lines = [f"{'Port':<28}{'Link Type':<13}{'PVID':<6}Trunk VLAN List", SHORT_RULE]
    for name in PORTS:
        header, port = f"interface {name}", switch.config.port(name)
        kind = switch.config.kind(header) or "desirable"
        pvid = port.native if port.trunk else port.access
        mixed = ranges.render(switch.config.hybrid(header, TAGGED) | switch.config.hybrid(header, UNTAGGED), "-")
        carried = {"access": [], "trunk": ranges.render(port.allowed, "-"), "hybrid": mixed}.get(kind, ["1-4094"])
        rows = [" ".join(some) for some in _rows(carried, 8)] or ["-"]
        lines.append(f"{name:<28}{kind:<13}{pvid:<6}{rows[0]}")
        lines += [f"{'':47}{row}" for row in rows[1:]]
    return "\n".join(lines)


def mac_addresses(switch: Switch) -> str:
    def row(entry: Learned) -> str:
        digits = entry.mac.replace(":", "")
        address = f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"
        return f"{address:<15}{f'{entry.vlan}/-':<34}{short(entry.port):<20}dynamic"

    learned = sorted(switch.plane.learned(), key=lambda entry: (entry.vlan, entry.mac))
    head = f"{'MAC Address':<15}{'VLAN/VSI':<34}{'Learned-From':<20}Type"
    return "\n".join(
        [SHORT_RULE, head, SHORT_RULE, *map(row, learned), SHORT_RULE, f"Total items displayed = {len(learned)}"]
    )


def interface_brief(switch: Switch) -> str:
    config, links = switch.config, switch.plane.links()
    lines = [
        "PHY: Physical",
        "*down: administratively down",
        "(l): loopback",
        "(s): spoofing",
        "InUti/OutUti: input utility/output utility",
        "Interface                   PHY   Protocol  InUti OutUti   inErrors  outErrors",
    ]
    for name in PORTS:
        up = links.get(name)
        physical = "*down" if not config.port(name).enabled else "up" if up else "down"
        lines.append(_brief(name, physical, "up" if physical == "up" else "down"))
    lines.append(_brief("NULL0", "up", "up(s)"))
    for number, (_, up) in config.addresses.items():
        lines.append(_brief(f"Vlanif{number}", *(("up", "up") if up else ("*down", "down"))))
    return "\n".join(lines)


def _brief(name: str, physical: str, protocol: str) -> str:
    return f"{name:<28}{physical:<6}{protocol:<10}{'0%':>5}{'0%':>7}{0:>11}{0:>11}"


def lldp(switch: Switch) -> str:
    """Its neighbours, port by port. Raises Refused where LLDP does not run."""
    blocks = []
    for each in _neighbours(switch):
        abilities = " ".join(ABILITIES[letter] for letter in each.capabilities.split(",") if letter in ABILITIES)
        blocks.append(f"""\
{each.port} has 1 neighbor(s):

Neighbor index :1
Chassis type   :MAC address
Chassis ID     :{each.chassis.replace(".", "-")}
Port ID type   :Interface name
Port ID        :{each.their_port}
Port description    :{each.their_port}
System name         :{each.name}
System capabilities supported   :{abilities}
System capabilities enabled     :{abilities}
Expired time   :{each.until - monotonic():.0f}s
""")
    return "\n".join(blocks)


def lldp_brief(switch: Switch) -> str:
    lines = [f"{'Local Intf':<17}{'Neighbor Dev':<25}{'Neighbor Intf':<26}Exptime(s)"]
    for each in _neighbours(switch):
        left = f"{each.until - monotonic():.0f}"
        lines.append(f"{short(each.port):<17}{each.name:<25}{short(each.their_port):<26}{left}")
    return "\n".join(lines)


def _neighbours(switch: Switch) -> list[Neighbour]:
    if "lldp enable" not in switch.config.sections[TOP]:
        raise Refused("Info: Global LLDP is not enabled.")
    return switch.plane.neighbours()


def short(interface: str) -> str:
    return interface.replace("GigabitEthernet", "GE")
