"""What the `show` commands print, in the layouts of ProCurve."""

from ..grammar import Refused
from ..lldp import Neighbour
from ..machine import Learned, Switch
from . import ports
from .ports import PORTS

HEADER = """\
; J9776A Configuration Editor; Created on release #YA.16.11.0003
; Ver #14:01.44.00.04.19.02.13.98.82.34.61.18.28.f3.84.9c.63.ff.37.27:47
"""
ROW = "  {0:<7} {1:<32} | {2:<10} {3:<5} {4}"


def running_config(switch: Switch) -> str:
    return f"\nRunning configuration:\n\n{HEADER}{switch.config.render()}\n"


def startup_config(switch: Switch) -> str:
    saved = switch.saved or switch.personality.dump(switch.personality.factory())
    return f"\nStartup configuration: 1\n\n{HEADER}{saved}\n"


def version(switch: Switch) -> str:
    return f"""\
Image stamp:    /played/by/the/lab
                Jan  1 2021 00:00:00
                YA.16.11.0003
                {len(switch.config.ports)}
Boot Image:     Primary"""


def vlans(switch: Switch) -> str:
    rows = [ROW.format(number, name, "Port-based", "No", "No") for number, name in switch.config.vlans.items()]
    return "\n".join(
        [
            " Status and Counters - VLAN Information",
            "",
            "  Maximum VLANs to support : 256",
            "  Primary VLAN : DEFAULT_VLAN",
            "  Management VLAN :",
            "",
            "  VLAN ID Name                             | Status     Voice Jumbo",
            "  ------- -------------------------------- + ---------- ----- -----",
            *rows,
        ]
    )


def vlan(switch: Switch, number: int) -> str:
    if number not in switch.config.members:
        raise Refused(f"Invalid input: {number}")
    found, links = switch.config.members[number], switch.plane.links()
    rows = [
        f"  {port:<16} {how:<8} {'Learn':<12} {'Up' if links.get(port) else 'Down'}"
        for port in PORTS
        for how, members in (("Untagged", found.untagged), ("Tagged", found.tagged))
        if port in members
    ]
    return "\n".join(
        [
            f" Status and Counters - VLAN Information - VLAN {number}",
            "",
            f"  VLAN ID : {number}",
            f"  Name : {found.name}",
            "  Status : Port-based",
            "  Voice : No",
            "  Jumbo : No",
            "",
            "  Port Information Mode     Unknown VLAN Status",
            "  ---------------- -------- ------------ ----------",
            *rows,
        ]
    )


def memberships(switch: Switch, which: str) -> str:
    """`show vlans ports all detail`: one block for each port."""
    names = set(PORTS) if which == "all" else ports.parse(which)
    return "\n\n".join(_membership(switch, port) for port in PORTS if port in names)


def _membership(switch: Switch, port: str) -> str:
    config = switch.config
    rows = [
        f"{ROW.format(number, vlan.name, 'Port-based', 'No', 'No'):<66} {how}"
        for number, vlan in sorted(config.members.items())
        for how, members in (("Untagged", vlan.untagged), ("Tagged", vlan.tagged))
        if port in members
    ]
    return "\n".join(
        [
            f" Status and Counters - VLAN Information - for ports {port}",
            "",
            *([f"  Port name: {config.settings[port].name}"] if config.settings[port].name else []),
            "  VLAN ID Name                             | Status     Voice Jumbo Mode",
            "  ------- -------------------------------- + ---------- ----- ----- --------",
            *rows,
        ]
    )


def interfaces_brief(switch: Switch) -> str:
    links = switch.plane.links()

    def row(port: str) -> str:
        enabled = switch.config.settings[port].enabled
        up = enabled and links.get(port, False)
        return (
            f"  {port:<12} {'100/1000T':<10} | {'No':<9} {'Yes' if enabled else 'No':<7} {'Up' if up else 'Down':<6} "
            f"{'1000FDx':<10} {'MDIX' if up else 'Auto':<4} {'off':<4} 0"
        )

    return "\n".join(
        [
            " Status and Counters - Port Status",
            "",
            "                          | Intrusion                           MDI  Flow Bcast",
            "  Port         Type       | Alert     Enabled Status Mode       Mode Ctrl Limit",
            "  ------------ ---------- + --------- ------- ------ ---------- ---- ---- -----",
            *map(row, PORTS),
        ]
    )


def interfaces_status(switch: Switch) -> str:
    links = switch.plane.links()

    def row(name: str) -> str:
        port = switch.config.port(name)
        tagged = sorted(port.allowed - {port.native})
        shown = "multi" if len(tagged) > 1 else str(tagged[0]) if tagged else "No"
        state = "Up" if port.enabled and links.get(name) else "Down"
        label = f"{port.description[:7]}..." if len(port.description) > 10 else port.description
        return (
            f"  {name:<8} {label:<10} {state:<7} {'Auto':<13} {'1000FDx':<8} {'100/1000T':<10} {shown:<6} "
            f"{port.native or 'No'}"
        )

    return "\n".join(
        [
            "  Port     Name       Status  Config-mode   Speed    Type       Tagged Untagged",
            "  -------- ---------- ------- ------------- -------- ---------- ------ --------",
            *map(row, PORTS),
        ]
    )


def mac_address(switch: Switch) -> str:
    def row(entry: Learned) -> str:
        digits = entry.mac.replace(":", "")
        return f"  {digits[:6]}-{digits[6:]} {entry.port:<5} {entry.vlan}"

    learned = sorted(switch.plane.learned(), key=lambda entry: (entry.vlan, entry.mac))
    return "\n".join(
        [
            "",
            " Status and Counters - Port Address Table",
            "",
            "  MAC Address   Port  VLAN",
            "  ------------- ----- ----",
            *map(row, learned),
        ]
    )


def lldp_neighbours(switch: Switch) -> str:
    """`show lldp info remote-device detail`."""
    words = {"B": "bridge", "R": "router", "W": "wlan-access-point", "T": "telephone"}

    def block(heard: Neighbour) -> str:
        abilities = ", ".join(words[letter] for letter in heard.capabilities.split(",") if letter in words)
        digits = heard.chassis.replace(".", "")
        return f"""\
  Local Port   : {heard.port}
  ChassisType  : mac-address
  ChassisId    : {digits[:6]}-{digits[6:]}
  PortType     : interface-name
  PortId       : {heard.their_port}
  SysName      : {heard.name}
  System Descr :
  PortDescr    : {heard.their_port}
  Pvid         :

  System Capabilities Supported  : {abilities}
  System Capabilities Enabled    : {abilities}

  Remote Management Address

{"-" * 78}"""

    speaking = [heard for heard in switch.plane.neighbours() if switch.config.port(heard.port).protection.lldp]
    return "\n".join([" LLDP Remote Device Information Detail", "", *map(block, speaking)])
