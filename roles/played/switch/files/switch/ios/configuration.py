"""The commands of configuration mode, and of each kind of section in it."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from .. import vlans
from ..cisco.grammar import invalid
from ..cisco.sections import TOP
from ..cisco.settings import EVERYWHERE, SECTIONS, added, on_by_default, section, setting
from ..grammar import Command, Match, Refused, command
from .config import PORTS

if TYPE_CHECKING:
    from .cli import Session


def _keyed(words: int) -> Callable[[Session, Match, bool], str]:
    """A setting with one value for each of what its first words name."""

    def run(session: Session, match: Match, no: bool) -> str:
        key = " ".join(match.text.split()[:words])
        lines = session.switch.config.section(TOP)
        lines.pop(key, None)
        if not no:
            lines[key] = match.text
        return ""

    return run


def _watched(session: Session, match: Match, no: bool) -> str:
    """VLANs whose DHCP or ARP is watched: a line adds to them."""
    lines, setting = session.switch.config.section(TOP), match.command.leaf
    before = vlans.parse(session.switch.config.value(TOP, setting) or "")
    given = vlans.parse(match.arguments[0]) if match.arguments else before
    after = before - given if no else before | given
    lines.pop(setting, None)
    if after:
        lines[setting] = f"{setting} {vlans.render(after)}"
    return ""


def _aaa(session: Session, match: Match, no: bool) -> str:
    """Nothing of it is taken before `aaa new-model`."""
    if "aaa new-model" not in session.switch.config.section(TOP):
        raise invalid(0)
    return setting(session, match, no)


def _radius(session: Session, match: Match, no: bool) -> str:
    if not no and "aaa new-model" not in session.switch.config.section(TOP):
        raise invalid(0)
    return section(session, match, no)


def _key(session: Session, match: Match, no: bool) -> str:
    """It is shown as `service password-encryption` makes it: type 7."""
    for header in session.headers:
        lines = session.switch.config.section(header)
        lines.pop("key", None)
        text = match.arguments[0] if match.arguments else ""
        hidden = text if text.startswith("7 ") else f"7 {text.encode().hex().upper()[::-1]}"
        if not no:
            lines["key"] = f"key {hidden}"
    return ""


def _order(session: Session, match: Match, no: bool) -> str:
    for header in session.headers:
        lines = session.switch.config.section(header)
        lines.pop("authentication order", None)
        if not no:
            lines["authentication order"] = match.text
    return ""


def _access_set(session: Session, match: Match, no: bool) -> str:
    """A setting of 802.1X: an access port takes it, no trunk does."""
    config = session.switch.config
    if not no and any(config.value(header, "switchport mode") != "access" for header in session.headers):
        raise Refused("Command rejected: Dot1x is supported only on access ports.")
    return setting(session, match, no)


def _cos_map(session: Session, match: Match, no: bool) -> str:
    """The DSCP of each of the eight priorities. As from the factory, it is not printed."""
    setting, usual = match.command.leaf, [priority << 3 for priority in range(8)]
    given = usual if no else [int(word) for word in match.arguments[0].split() if word.isdigit()]
    if len(given) != 8 or max(given) > 63:
        raise Refused("% Incomplete command.")
    lines = session.switch.config.section(TOP)
    lines.pop(setting, None)
    if given != usual:
        lines[setting] = f"{setting} {' '.join(map(str, given))}"
    return ""


def _numbered(session: Session, match: Match, no: bool) -> str:
    """One entry less is the whole list less: only named lists lose entries."""
    if not no:
        return added(session, match, no)
    top = session.switch.config.section(TOP)
    for line in [line for line in top if line.startswith(f"access-list {match.arguments[0]} ")]:
        del top[line]
    return ""


def _entry(session: Session, match: Match, no: bool) -> str:
    for header in session.headers:
        lines = session.switch.config.section(header)
        lines.pop(match.text, None)
        if not no:
            lines[match.text] = match.text
    return ""


def _port_security(session: Session, match: Match, no: bool) -> str:
    config = session.switch.config
    for header in session.headers:
        mode = config.value(header, "switchport mode")
        if not no and mode is None:
            name = header.removeprefix("interface ")
            raise Refused(f"Command rejected: {name} is a dynamic port.")
    return setting(session, match, no)


def _violation(session: Session, match: Match, no: bool) -> str:
    """`shutdown` is what it does unless somebody says otherwise, and is not printed."""
    return setting(session, match, no or match.arguments[0] == "shutdown")


def _vlan(session: Session, match: Match, no: bool) -> str:
    numbers = vlans.parse(match.arguments[0]) if match.arguments else set()
    if not numbers or not numbers <= set(vlans.ALL):
        raise Refused("Command rejected: Bad VLAN list")
    if no and 1 in numbers:
        raise Refused("%Default VLAN 1 may not be deleted.")
    headers = tuple(f"vlan {number}" for number in sorted(numbers))
    for header in headers:
        if no:
            session.switch.config.sections.pop(header, None)
        elif header != "vlan 1":
            session.switch.config.section(header)
    session.headers = () if no else headers
    return ""


def _interface(session: Session, match: Match, no: bool) -> str:
    header = match.text.replace("interface vlan ", "interface Vlan").replace(
        "interface gigabitethernet ", "interface GigabitEthernet"
    )
    physical = "GigabitEthernet" in header
    if physical and header.removeprefix("interface ") not in PORTS:
        raise invalid(len("interface "))
    if no and physical:
        raise Refused("% Removal of physical interfaces is not permitted")
    if no:
        session.switch.config.sections.pop(header, None)
    else:
        session.switch.config.section(header)
    session.headers = () if no else (header,)
    return ""


def _access_vlan(session: Session, match: Match, no: bool) -> str:
    setting(session, match, no)
    header = "" if no else f"vlan {match.arguments[0]}"
    if no or int(match.arguments[0]) in session.switch.config.vlans:
        return ""
    session.switch.config.section(header)
    return f"% Access VLAN does not exist. Creating {header}"


def _portfast(session: Session, match: Match, no: bool) -> str:
    for header in session.headers:
        lines = session.switch.config.section(header)
        lines.pop("spanning-tree portfast", None)
        if not no:
            lines["spanning-tree portfast"] = match.text
    if no:
        return ""
    return (
        "%Warning: portfast should only be enabled on ports connected to a single\n"
        " host. Connecting hubs, concentrators, switches, bridges, etc... to this\n"
        " interface when portfast is enabled, can cause temporary bridging loops.\n"
        " Use with CAUTION\n"
    )


def _allowed(change: Callable[[set[int], set[int]], set[int]]) -> Callable[[Session, Match, bool], str]:
    """A form of `switchport trunk allowed vlan`, from the VLANs that were allowed and those on the line."""

    def run(session: Session, match: Match, no: bool) -> str:
        setting = "switchport trunk allowed vlan"
        for header in session.headers:
            before = set(session.switch.config.port(header.removeprefix("interface ")).allowed)
            given = vlans.parse(match.arguments[0]) if match.arguments else set()
            after = set(vlans.ALL) if no else change(before, given)
            lines = session.switch.config.section(header)
            if after == set(vlans.ALL):
                lines.pop(setting, None)
            else:
                lines[setting] = f"{setting} {vlans.render(after) or 'none'}"
        return ""

    return run


def _address(session: Session, match: Match, no: bool) -> str:
    if not no:
        address, mask = match.arguments
        try:
            network = IPv4Interface(f"{address}/{mask}").network
        except ValueError:
            raise Refused(f"Bad mask {mask} for address {address}") from None
        for vlan, (other, up) in session.switch.config.addresses.items():
            elsewhere = up and other and f"interface Vlan{vlan}" not in session.headers
            if elsewhere and network.overlaps(IPv4Interface(other).network):
                raise Refused(f"% {network.network_address} overlaps with Vlan{vlan}")
    return setting(session, match, no)


EVENTS = ("fail", "server dead", "no-response")
CONFIG: dict[str, list[Command]] = {
    TOP: [
        *SECTIONS[TOP],
        command("spanning-tree loopguard default", setting),
        command("spanning-tree vlan <vlans> priority <large>", _keyed(4)),
        command("errdisable recovery cause <cause>", added),
        command("errdisable recovery interval <large>", setting),
        command("ip dhcp snooping", setting),
        command("ip dhcp snooping vlan <vlans>", _watched),
        command("ip dhcp snooping database <word>", setting),
        command("ip dhcp snooping information option", on_by_default),
        command("ip arp inspection vlan <vlans>", _watched),
        command("ip arp inspection filter <word> vlan <vlans>", added),
        command("arp access-list <word>", section),
        command("ip access-list standard <word>", section),
        command("access-list <number> permit <ip>", _numbered),
        command("vtp mode <transparent|off>", setting),
        command("spanning-tree mode <rapid-pvst|pvst|mst>", setting),
        command("vlan <vlans>", _vlan),
        command("interface <interface>", _interface),
        command("interface vlan <number>", _interface),
        command("interface gigabitethernet <port>", _interface),
        command("ip default-gateway <ip>", setting),
        command("ip domain-name <word>", setting),
        command("aaa authentication login default local", _aaa),
        command("aaa authentication dot1x default group radius", _aaa),
        command("aaa authorization exec default local", _aaa),
        command("aaa authorization network default group radius", _aaa),
        command("dot1x system-auth-control", setting),
        command("radius server <word>", _radius),
        command("username <word> privilege <number> secret <line>", _keyed(2)),
        command("mls qos", setting),
        command("mls qos map cos-dscp <line>", _cos_map),
        command("snmp-server community <line>", added),
        command("snmp-server group <word> v3 <auth|noauth|priv> read <word> access <word>", _keyed(3)),
        command("snmp-server group <word> v3 <auth|noauth|priv>", _keyed(3)),
    ],
    "archive": SECTIONS["archive"],
    "vlan": [*EVERYWHERE, command("name <word>", setting)],
    "port": [
        *EVERYWHERE,
        command("description <line>", setting),
        command("shutdown", setting),
        command("switchport mode <access|trunk>", setting),
        command("switchport nonegotiate", setting),
        command("switchport access vlan <number>", _access_vlan),
        command("switchport trunk native vlan <number>", setting),
        command("switchport trunk allowed vlan <vlans>", _allowed(lambda _, given: given)),
        command("switchport trunk allowed vlan add <vlans>", _allowed(lambda before, given: before | given)),
        command("switchport trunk allowed vlan remove <vlans>", _allowed(lambda before, given: before - given)),
        command("switchport trunk allowed vlan except <vlans>", _allowed(lambda _, given: set(vlans.ALL) - given)),
        command("switchport trunk allowed vlan all", _allowed(lambda *_: set(vlans.ALL))),
        command("switchport trunk allowed vlan none", _allowed(lambda *_: set())),
        command("spanning-tree portfast", _portfast),
        command("spanning-tree portfast trunk", _portfast),
        command("spanning-tree guard <root|loop>", setting),
        command("switchport voice vlan <number>", setting),
        command("switchport port-security", _port_security),
        command("switchport port-security maximum <number>", setting),
        command("switchport port-security violation <protect|restrict|shutdown>", _violation),
        command("switchport port-security aging time <number>", setting),
        command("switchport port-security aging type <absolute|inactivity>", setting),
        command("storm-control broadcast level pps <large>", setting),
        command("storm-control multicast level pps <large>", setting),
        command("storm-control action <shutdown|trap>", setting),
        command("ip dhcp snooping trust", setting),
        command("ip dhcp snooping limit rate <large>", setting),
        command("ip arp inspection trust", setting),
        command("ip arp inspection limit rate <large>", setting),
        *(command(f"authentication event {event} action authorize vlan <number>", _access_set) for event in EVENTS),
        command("authentication event server alive action reinitialize", setting),
        command("authentication host-mode <multi-domain|multi-auth|multi-host>", setting),
        command("authentication order <dot1x|mab>", _order),
        command("authentication order <dot1x|mab> <dot1x|mab>", _order),
        command("authentication order", _order),
        command("authentication port-control <auto|force-authorized>", setting),
        command("mab", _access_set),
        command("dot1x pae authenticator", _access_set),
        command("dot1x timeout tx-period <large>", setting),
        command("mls qos trust <cos|dscp>", setting),
        command("mls qos cos <number>", setting),
        command("priority-queue out", setting),
        command("lldp transmit", on_by_default),
        command("lldp receive", on_by_default),
        command("spanning-tree bpduguard <enable|disable>", setting),
    ],
    "radius": [
        *EVERYWHERE,
        command("address ipv4 <ip> auth-port <number> acct-port <number>", setting),
        command("key <line>", _key),
    ],
    "arp": [*EVERYWHERE, command("permit ip host <ip> mac any", _entry)],
    "ip": [*EVERYWHERE, command("permit <ip>", _entry)],
    "interface": [
        *EVERYWHERE,
        command("description <line>", setting),
        command("shutdown", setting),
        command("ip address <ip> <ip>", _address),
    ],
    "line": [
        *SECTIONS["line"],
        command("login local", setting),
    ],
}
