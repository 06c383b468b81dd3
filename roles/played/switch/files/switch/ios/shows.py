"""What the `show` commands print, in the layouts of IOS."""

from .. import vlans
from ..machine import Learned, Switch
from .config import PORTS, Config

RESERVED = {1002: "fddi-default", 1003: "token-ring-default", 1004: "fddinet-default", 1005: "trnet-default"}
NAME_WIDTH = 18


def running_config(switch: Switch) -> str:
    text = switch.config.render() + "\nend"
    return f"Building configuration...\n\nCurrent configuration : {len(text)} bytes\n!\nversion 15.2\n!\n{text}\n"


def startup_config(switch: Switch) -> str:
    saved = switch.saved
    return (
        f"Using {len(saved)} out of 65536 bytes\n!\nversion 15.2\n!\n{saved}"
        if saved
        else "startup-config is not present"
    )


def rollback_timer(switch: Switch) -> str:
    pending = switch.pending
    if pending is None:
        return "%No Rollback Confirmed Change pending"
    return (
        "Time configured(or reconfigured): 00:00:00 UTC Mon Mar 1 1993\nTimer type: absolute timer\n"
        f"Timer value: {pending.minutes} min\nUser: {pending.user}"
    )


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
    lines = ["", "VLAN Name                             Status    Ports", f"{'-' * 4} {'-' * 32} {'-' * 9} {'-' * 31}"]
    for number, name in config.vlans.items():
        members = [short(port) for port in PORTS if not config.port(port).trunk and config.port(port).access == number]
        rows = [", ".join(members[i : i + 4]) for i in range(0, len(members), 4)] or [""]
        lines.append(f"{number:<4} {name:<32} active    {rows[0]}".rstrip())
        lines += [f"{'':48}{row}" for row in rows[1:]]
    lines += [f"{number:<4} {name:<32} act/unsup" for number, name in RESERVED.items()]
    return "\n".join(lines)


def interfaces_status(switch: Switch) -> str:
    links = switch.plane.links()
    lines = ["", f"{'Port':<10}{'Name':<19}{'Status':<13}{'Vlan':<11}{'Duplex':<8}{'Speed':<6}Type"]
    for name in PORTS:
        port = switch.config.port(name)
        state = status(switch.config, name, links)
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
Voice VLAN: none
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


def status(config: Config, name: str, links: dict[str, bool]) -> str:
    port = config.port(name)
    if not port.enabled:
        return "disabled"
    if not port.trunk and port.access not in config.vlans:
        return "inactive"
    return "connected" if links.get(name) else "notconnect"


def short(interface: str) -> str:
    return interface.replace("GigabitEthernet", "Gi").replace("Vlan", "Vl")
