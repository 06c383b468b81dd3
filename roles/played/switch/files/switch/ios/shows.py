"""What the `show` commands print, in the layouts of IOS."""

from collections.abc import Container, Mapping
from time import monotonic

from .. import vlans
from ..cisco.sections import TOP
from ..cisco.shows import short
from ..grammar import Refused
from ..lldp import Neighbour
from ..machine import Learned, Switch
from .config import PORTS, SNOOPED, Config

RESERVED = {1002: "fddi-default", 1003: "token-ring-default", 1004: "fddinet-default", 1005: "trnet-default"}
NAME_WIDTH = 18


def version(switch: Switch) -> str:
    return f"""\
Cisco IOS Software, C2960X Software (PLAYED-UNIVERSALK9-M), Version 15.2(7)E3, RELEASE SOFTWARE (fc3)
This is not a Cisco switch: the lab plays its command line in front of Open vSwitch.

{switch.config.hostname} uptime is 0 minutes
System image file is "flash:played"

cisco WS-C2960X-24 (PLAYED) processor with 24 ports.
Processor board ID PLAYED0001
Configuration register is 0xF"""


def vlan_brief(switch: Switch) -> str:
    """Access ports by VLAN; a trunk is in none of them, as on the real switch."""
    config = switch.config
    ports = {name: config.port(name) for name in PORTS}
    lines = ["", "VLAN Name                             Status    Ports", f"{'-' * 4} {'-' * 32} {'-' * 9} {'-' * 31}"]
    for number, name in config.vlans.items():
        members = [short(name) for name, port in ports.items() if not port.trunk and port.access == number]
        rows = [", ".join(members[i : i + 4]) for i in range(0, len(members), 4)] or [""]
        lines.append(f"{number:<4} {name:<32} active    {rows[0]}".rstrip())
        lines += [f"{'':48}{row}" for row in rows[1:]]
    lines += [f"{number:<4} {name:<32} act/unsup" for number, name in RESERVED.items()]
    return "\n".join(lines)


def interfaces_status(switch: Switch) -> str:
    links, shut = switch.plane.links(), switch.plane.shut()
    lines = ["", f"{'Port':<10}{'Name':<19}{'Status':<13}{'Vlan':<11}{'Duplex':<8}{'Speed':<6}Type"]
    for name in PORTS:
        port = switch.config.port(name)
        state = status(switch.config, name, links, shut)
        duplex, speed = ("a-full", "a-1000") if state == "connected" else ("auto", "auto")
        vlan = "trunk" if port.trunk else str(port.access)
        lines.append(
            f"{short(name):<10}{port.description[:NAME_WIDTH]:<19}{state:<13}{vlan:<11}{duplex:>6}{speed:>7} "
            "10/100/1000BaseTX"
        )
    return "\n".join(lines)


def interfaces_trunk(switch: Switch) -> str:
    config, links = switch.config, switch.plane.links()
    trunks = [p for p in PORTS if config.port(p).trunk and status(config, p, links) == "connected"]
    if not trunks:
        return ""
    lines = ["", "Port        Mode             Encapsulation  Status        Native vlan"]
    lines += [f"{short(p):<12}{'on':<17}{'802.1q':<15}{'trunking':<14}{config.port(p).native}" for p in trunks]
    lines += ["", "Port        Vlans allowed on trunk"]
    lines += [f"{short(p):<12}{vlans.render(config.port(p).allowed) or 'none'}" for p in trunks]
    lines += ["", "Port        Vlans allowed and active in management domain"]
    lines += [f"{short(p):<12}{vlans.render(config.port(p).allowed & config.vlans.keys()) or 'none'}" for p in trunks]
    return "\n".join(lines)


def interfaces_switchport(switch: Switch) -> str:
    links = switch.plane.links()
    return "\n\n".join(_switchport(switch.config, name, links) for name in PORTS)


def _switchport(config: Config, name: str, links: dict[str, bool]) -> str:
    port = config.port(name)
    mode = "trunk" if port.trunk else "static access"
    names = config.vlans
    allowed = "ALL" if len(port.allowed) == len(vlans.ALL) else vlans.render(port.allowed) or "NONE"
    return f"""\
Name: {short(name)}
Switchport: Enabled
Administrative Mode: {mode}
Operational Mode: {mode if status(config, name, links) == "connected" else "down"}
Administrative Trunking Encapsulation: dot1q
Negotiation of Trunking: {"On" if port.trunk else "Off"}
Access Mode VLAN: {port.access} ({names.get(port.access, "Inactive")})
Trunking Native Mode VLAN: {port.native} ({names.get(port.native, "Inactive")})
Voice VLAN: {f"{port.voice} ({names.get(port.voice, 'Inactive')})" if port.voice else "none"}
Trunking VLANs Enabled: {allowed}
Pruning VLANs Enabled: 2-1001"""


def mac_address_table(switch: Switch) -> str:
    def row(entry: Learned) -> str:
        digits = entry.mac.replace(":", "")
        return f"{entry.vlan:>4}    {digits[:4]}.{digits[4:8]}.{digits[8:]}    DYNAMIC     {short(entry.port)}"

    learned = sorted(switch.plane.learned(), key=lambda entry: (entry.vlan, entry.mac))
    return "\n".join(
        [
            "          Mac Address Table",
            "-" * 43,
            "",
            "Vlan    Mac Address       Type        Ports",
            "----    -----------       --------    -----",
            *map(row, learned),
            f"Total Mac Addresses for this criterion: {len(learned)}",
        ]
    )


def status(config: Config, name: str, links: Mapping[str, bool], shut: Container[str] = ()) -> str:
    port = config.port(name)
    if not port.enabled:
        return "disabled"
    if name in shut:
        return "err-disabled"
    if not port.trunk and port.access not in config.vlans:
        return "inactive"
    return "connected" if links.get(name) else "notconnect"


def err_disabled(switch: Switch) -> str:
    """Ports that a guard has shut, each with why; nothing where there are none."""
    shut = switch.plane.shut()
    if not shut:
        return ""
    rows = [
        f"{short(name):<10}{switch.config.port(name).description[:NAME_WIDTH]:<19}{'err-disabled':<13}{cause}"
        for name, cause in shut.items()
    ]
    return "\n".join(["", f"{'Port':<10}{'Name':<19}{'Status':<13}Reason", *rows])


def errdisable_recovery(switch: Switch) -> str:
    guards = switch.config.guards
    causes = ("arp-inspection", "bpduguard", "dhcp-rate-limit", "psecure-violation", "storm-control")
    rows = [f"{cause:<29}{'Enabled' if cause in guards.recovers else 'Disabled'}" for cause in causes]
    head = ["ErrDisable Reason            Timer Status", f"{'-' * 25}    {'-' * 14}"]
    return "\n".join([*head, *rows, "", f"Timer interval: {guards.recovery} seconds"])


def lldp_neighbors(switch: Switch) -> str:
    """Raises Refused where LLDP does not run."""
    found = _neighbours(switch)
    rows = [
        f"{each.name[:20]:<20}{short(each.port):<15}{each.until - monotonic():<11.0f}"
        f"{each.capabilities:<16}{short(each.their_port)}"
        for each in found
    ]
    return "\n".join(
        [
            "Capability codes:",
            "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
            "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
            "",
            f"{'Device ID':<20}{'Local Intf':<15}{'Hold-time':<11}{'Capability':<16}Port ID",
            *rows,
            "",
            f"Total entries displayed: {len(found)}",
        ]
    )


def lldp_neighbors_detail(switch: Switch) -> str:
    found = _neighbours(switch)
    blocks = [
        f"""\
------------------------------------------------
Local Intf: {short(each.port)}
Chassis id: {each.chassis}
Port id: {short(each.their_port)}
Port Description: {each.their_port}
System Name: {each.name}

System Description:
not advertised

Time remaining: {each.until - monotonic():.0f} seconds
System Capabilities: {each.capabilities}
Enabled Capabilities: {each.capabilities}
Management Addresses - not advertised
Auto Negotiation - not supported
Physical media capabilities - not advertised
Media Attachment Unit type - not advertised
Vlan ID: - not advertised
"""
        for each in found
    ]
    return "\n".join([*blocks, "", f"Total entries displayed: {len(found)}"])


def _neighbours(switch: Switch) -> list[Neighbour]:
    if "lldp run" not in switch.config.sections[TOP]:
        raise Refused("% LLDP is not enabled")
    return switch.plane.neighbours()


def dhcp_snooping(switch: Switch) -> str:
    config = switch.config
    on = "ip dhcp snooping" in config.sections[TOP]
    watched = config.value(TOP, SNOOPED) or "none"
    rows = []
    for name in PORTS:
        header = f"interface {name}"
        trusted = "ip dhcp snooping trust" in config.sections.get(header, {})
        rate = config.value(header, "ip dhcp snooping limit rate")
        if trusted or rate:
            word = "yes" if trusted else "no"
            rows.append(f"{name:<27}{word:<11}{word:<16}{rate or 'unlimited'}")
    return "\n".join(
        [
            f"Switch DHCP snooping is {'enabled' if on else 'disabled'}",
            "DHCP snooping is configured on following VLANs:",
            watched,
            "DHCP snooping trust/rate is configured on the following Interfaces:",
            "",
            "Interface                  Trusted    Allow option    Rate limit (pps)",
            "-----------------------    -------    ------------    ----------------",
            *rows,
        ]
    )
