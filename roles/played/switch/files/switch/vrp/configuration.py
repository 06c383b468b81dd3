"""The commands of the system view, and of each view in it."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from ..grammar import Command, Match, Refused, command
from . import ranges
from .config import AAA, ALLOW, DEFAULT, EDGE, KIND, PORTS, PVID, TOP
from .grammar import wrong

if TYPE_CHECKING:
    from .cli import Session

LONG = "Info: This operation may take a few seconds. Please wait for a moment...done."
NO_VLAN = "Error: The VLAN does not exist."
RENEW = "Error: Please renew the default configurations."
DELETED = "Warning: The configurations of the VLAN will be deleted. Continue?[Y/N]:"


def _set(session: Session, match: Match, undo: bool) -> str:
    """A setting with one value: a new line replaces the old one."""
    lines = session.switch.config.section(session.header)
    if undo:
        lines.pop(match.command.leaf, None)
    else:
        lines[match.command.leaf] = match.text
    return ""


def _add(session: Session, match: Match, undo: bool) -> str:
    """A setting with several values: each line stands for itself."""
    lines = session.switch.config.section(session.header)
    if undo:
        lines.pop(match.text, None)
    else:
        lines[match.text] = match.text
    return ""


def _sysname(session: Session, match: Match, undo: bool) -> str:
    session.switch.config.section(TOP)["sysname"] = "sysname HUAWEI" if undo else match.text
    return ""


def _vlans(session: Session, match: Match) -> set[int]:
    try:
        return ranges.parse(match.arguments[0])
    except ValueError:
        raise wrong(session.typed.index(match.arguments[0])) from None


def _vlan(session: Session, match: Match, undo: bool) -> str:
    numbers = _vlans(session, match)
    if undo:
        return _undo_vlans(session, numbers)
    header = f"vlan {min(numbers)}"
    session.switch.config.section(header)
    session.header = header
    return ""


def _vlan_batch(session: Session, match: Match, undo: bool) -> str:
    numbers = _vlans(session, match)
    if undo:
        return _undo_vlans(session, numbers)
    for number in numbers:
        session.switch.config.section(f"vlan {number}")
    return LONG


def _undo_vlans(session: Session, numbers: set[int]) -> str:
    config = session.switch.config
    if 1 in numbers:
        raise Refused("Error: The default VLAN can not be deleted.")
    if numbers & config.addresses.keys():
        raise Refused("Error: The VLAN has a VLANIF interface. Please delete it first.")
    if not numbers <= config.vlans.keys():
        raise Refused(NO_VLAN)

    def delete() -> str:
        for number in numbers:
            config.sections.pop(f"vlan {number}", None)
        for port in PORTS:  # an access port of a VLAN that goes is in VLAN 1 again
            if int(config.value(f"interface {port}", DEFAULT) or 1) in numbers:
                config.section(f"interface {port}").pop(DEFAULT)
        return ""

    session.ask(DELETED, delete)
    return ""


def _interface(session: Session, match: Match, undo: bool) -> str:
    header = match.text.replace("interface vlanif ", "interface Vlanif").replace(
        "interface gigabitethernet ", "interface GigabitEthernet"
    )
    config, name = session.switch.config, header.removeprefix("interface ")
    if name.startswith("Gigabit"):
        if name not in PORTS or undo:
            raise wrong(session.typed.index(match.arguments[0]))
    elif undo:
        config.sections.pop(header, None)
    elif int(name.removeprefix("Vlanif")) not in config.vlans:
        raise Refused(NO_VLAN)
    if not undo:
        config.section(header)
        session.header = header
    return ""


def _view(session: Session, match: Match, undo: bool) -> str:
    """A command that opens a view of its own name."""
    if undo:
        session.switch.config.sections.pop(match.text, None)
    else:
        session.switch.config.section(match.text)
        session.header = match.text
    return ""


def _kind(session: Session, match: Match, undo: bool) -> str:
    """A port changes its kind only when nothing else is said of its VLANs."""
    config, header = session.switch.config, session.header
    kind = None if undo else match.arguments[0]
    if kind == config.kind(header):
        return ""
    if any(setting in config.section(header) for setting in (DEFAULT, PVID, ALLOW)):
        raise Refused(RENEW)
    return _set(session, match, undo)


def _default(session: Session, match: Match, undo: bool) -> str:
    config = session.switch.config
    if undo or match.arguments[0] == "1":
        config.section(session.header).pop(DEFAULT, None)
        return ""
    if config.kind(session.header) != "access":
        raise Refused("Error: Failed to set the default VLAN. The port is not an access port.")
    if int(match.arguments[0]) not in config.vlans:
        raise Refused(NO_VLAN)
    return _set(session, match, undo)


def _pvid(session: Session, match: Match, undo: bool) -> str:
    _trunk(session)
    return _set(session, match, undo or match.arguments[:1] == ("1",))


def _allow(session: Session, match: Match, undo: bool) -> str:
    _trunk(session)
    config, given = session.switch.config, _vlans(session, match)
    before = config.allowed(session.header)
    config.allow(session.header, before - given if undo else before | given)
    return LONG if len(given) > 1 else ""


def _trunk(session: Session) -> None:
    if session.switch.config.kind(session.header) != "trunk":
        raise Refused("Error: The port is not a trunk port.")


def _address(session: Session, match: Match, undo: bool) -> str:
    lines = session.switch.config.section(session.header)
    if undo:
        lines.pop("ip address", None)
        return ""
    try:
        interface = IPv4Interface("/".join(match.arguments))
    except ValueError:
        raise wrong(session.typed.index(match.arguments[0])) from None
    for vlan, (other, _) in session.switch.config.addresses.items():
        elsewhere = other and session.header != f"interface Vlanif{vlan}"
        if elsewhere and interface.network.overlaps(IPv4Interface(other).network):
            raise Refused("Error: The specified IP address conflicts with another interface's.")
    lines["ip address"] = f"ip address {interface.ip} {interface.netmask}"
    return ""


def _quit(session: Session, *_: object) -> str:
    if session.header != TOP:
        session.header = TOP
    else:
        session.end()
    return ""


def _return(session: Session, *_: object) -> str:
    session.end()
    return ""


EVERYWHERE = [command("quit", _quit), command("return", _return)]
VIEWS: dict[str, list[Command]] = {
    TOP: [
        *EVERYWHERE,
        command("sysname <word>", _sysname),
        command("vlan <number>", _vlan),
        command("vlan batch <line>", _vlan_batch),
        command("interface <interface>", _interface),
        command("interface vlanif <number>", _interface),
        command("interface gigabitethernet <port>", _interface),
        command("user-interface vty <number> <number>", _view),
        command(AAA, _view),
        command("stp mode <rstp|stp|mstp>", _set),
        command("stp bpdu-protection", _set),
        command("stelnet server enable", _set),
        command("telnet server enable", _set),
        command("lldp enable", _set),
        command("ip route-static <ip> <mask> <ip>", _add),
        command("info-center loghost <ip>", _add),
        command("ntp-service unicast-server <ip>", _add),
        command("snmp-agent sys-info location <line>", _set),
        command("snmp-agent sys-info contact <line>", _set),
    ],
    "vlan": [*EVERYWHERE, command("description <line>", _set)],
    "port": [
        *EVERYWHERE,
        command("description <line>", _set),
        command("shutdown", _set),
        command(f"{KIND} <access|trunk>", _kind),
        command(f"{DEFAULT} <number>", _default),
        command(f"{PVID} <number>", _pvid),
        command(f"{ALLOW} <line>", _allow),
        command(f"{EDGE} <enable|disable>", _set),
    ],
    "interface": [
        *EVERYWHERE,
        command("description <line>", _set),
        command("shutdown", _set),
        command("ip address <ip> <mask>", _address),
    ],
    "user-interface": [
        *EVERYWHERE,
        command("authentication-mode <aaa|password>", _set),
        command("protocol inbound <all|ssh|telnet>", _set),
        command("idle-timeout <line>", _set),
        command("acl <number> inbound", _set),
    ],
    AAA: [*EVERYWHERE, command("local-user <word> <line>", _add)],
}
