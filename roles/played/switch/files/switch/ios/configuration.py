"""The commands of configuration mode, and of each kind of section in it."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from .. import vlans
from ..grammar import Command, Match, Refused, command
from .config import ARCHIVE, BANNER, PORTS, TOP
from .grammar import invalid

if TYPE_CHECKING:
    from .cli import Session


def _set(session: Session, match: Match, no: bool) -> str:
    """A setting with one value: a new line replaces the old one."""
    for header in session.headers or (TOP,):
        lines = session.switch.config.section(header)
        if no:
            lines.pop(match.command.leaf, None)
        else:
            lines[match.command.leaf] = match.text
    return ""


def _add(session: Session, match: Match, no: bool) -> str:
    """A setting with several values: each line stands for itself."""
    lines = session.switch.config.section(TOP)
    if no:
        lines.pop(match.text, None)
    else:
        lines[match.text] = match.text
    return ""


def _by_default(session: Session, match: Match, no: bool) -> str:
    """A setting that is on unless somebody says no: only that is printed."""
    for header in session.headers or (TOP,):
        lines = session.switch.config.section(header)
        if no:
            lines[match.text] = f"no {match.text}"
        else:
            lines.pop(match.text, None)
    return ""


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


def _banner(session: Session, match: Match, no: bool) -> str:
    """Text between two of the same character, over as many lines as it takes. It is printed between ^C."""
    if no:
        session.switch.config.section(TOP).pop(BANNER, None)
        return ""
    typed = match.arguments[0]
    delimiter = "^C" if typed.startswith("^C") else typed[0]
    text = typed.removeprefix(delimiter)
    if delimiter not in text:
        session.banner = (delimiter, [text] if text else [])
        return f"Enter TEXT message.  End with the character '{delimiter}'."
    session.switch.config.section(TOP)[BANNER] = f"{BANNER} ^C{text.split(delimiter)[0]}^C"
    return ""


def continue_banner(session: Session, line: str) -> None:
    """One more line of a banner, up to the delimiter."""
    delimiter, lines = session.banner or ("", [])
    text, found, _ = line.partition(delimiter)
    lines.append(text)
    if found:
        session.banner = None
        session.switch.config.section(TOP)[BANNER] = f"{BANNER} ^C\n" + "\n".join(lines) + "^C"


def _aaa(session: Session, match: Match, no: bool) -> str:
    """Nothing of it is taken before `aaa new-model`."""
    if "aaa new-model" not in session.switch.config.section(TOP):
        raise invalid(0)
    return _set(session, match, no)


def _radius(session: Session, match: Match, no: bool) -> str:
    if not no and "aaa new-model" not in session.switch.config.section(TOP):
        raise invalid(0)
    return _acl(session, match, no)


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
    return _set(session, match, no)


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


def _user(session: Session, match: Match, no: bool) -> str:
    """A user of SNMP version 3: no configuration shows it, `show snmp user` does."""
    name = match.arguments[0]
    if no:
        session.switch.config.users.pop(name, None)
        return ""
    if len(match.arguments) < 6:
        raise Refused("% Incomplete command.")
    session.switch.config.users[name] = match.text
    return "Configuring snmpv3 USM user, persisting snmpEngineBoots. Please Wait..."


def _acl(session: Session, match: Match, no: bool) -> str:
    if no:
        session.switch.config.sections.pop(match.text, None)
    else:
        session.switch.config.section(match.text)
    session.headers = () if no else (match.text,)
    return ""


def _numbered(session: Session, match: Match, no: bool) -> str:
    """One entry less is the whole list less: only named lists lose entries."""
    if not no:
        return _add(session, match, no)
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
    return _set(session, match, no)


def _violation(session: Session, match: Match, no: bool) -> str:
    """`shutdown` is what it does unless somebody says otherwise, and is not printed."""
    return _set(session, match, no or match.arguments[0] == "shutdown")


def _hostname(session: Session, match: Match, no: bool) -> str:
    session.switch.config.section(TOP)["hostname"] = "hostname Switch" if no else match.text
    return ""


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


def _archive(session: Session, _match: Match, no: bool) -> str:
    if no:
        session.switch.config.sections.pop(ARCHIVE, None)
    else:
        session.switch.config.section(ARCHIVE)
    session.headers = () if no else (ARCHIVE,)
    return ""


def _line(session: Session, match: Match, no: bool) -> str:
    if no:
        session.switch.config.sections.pop(match.text, None)
    else:
        session.switch.config.section(match.text)
    session.headers = () if no else (match.text,)
    return ""


def _access_vlan(session: Session, match: Match, no: bool) -> str:
    _set(session, match, no)
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
    return _set(session, match, no)


def _exit(session: Session, *_: object) -> str:
    if session.headers:
        session.headers = ()
    else:
        session.end()
    return ""


def _end(session: Session, *_: object) -> str:
    session.end()
    return ""


def _do(session: Session, match: Match, _no: bool) -> str:
    return session.execute(match.arguments[0])


EVENTS = ("fail", "server dead", "no-response")
EVERYWHERE = [command("exit", _exit), command("end", _end), command("do <line>", _do)]
CONFIG: dict[str, list[Command]] = {
    TOP: [
        *EVERYWHERE,
        command("hostname <word>", _hostname),
        command("service password-encryption", _set),
        command("service tcp-keepalives-in", _set),
        command("service tcp-keepalives-out", _set),
        command("service pad", _by_default),
        command("cdp run", _by_default),
        command("ip source-route", _by_default),
        command("ip http server", _by_default),
        command("ip http secure-server", _by_default),
        command("banner login <line>", _banner),
        command("login block-for <number> attempts <number> within <number>", _set),
        command("spanning-tree loopguard default", _set),
        command("spanning-tree vlan <vlans> priority <large>", _keyed(4)),
        command("errdisable recovery cause <cause>", _add),
        command("errdisable recovery interval <large>", _set),
        command("ip dhcp snooping", _set),
        command("ip dhcp snooping vlan <vlans>", _watched),
        command("ip dhcp snooping database <word>", _set),
        command("ip dhcp snooping information option", _by_default),
        command("ip arp inspection vlan <vlans>", _watched),
        command("ip arp inspection filter <word> vlan <vlans>", _add),
        command("arp access-list <word>", _acl),
        command("ip access-list standard <word>", _acl),
        command("access-list <number> permit <ip>", _numbered),
        command("line con <number>", _line),
        command("vtp mode <transparent|off>", _set),
        command("spanning-tree mode <rapid-pvst|pvst|mst>", _set),
        command("lldp run", _set),
        command("archive", _archive),
        command("vlan <vlans>", _vlan),
        command("interface <interface>", _interface),
        command("interface vlan <number>", _interface),
        command("interface gigabitethernet <port>", _interface),
        command("line vty <number> <number>", _line),
        command("ip default-gateway <ip>", _set),
        command("ip domain-name <word>", _set),
        command("ip ssh version <number>", _set),
        command("logging host <ip>", _add),
        command("ntp server <ip>", _add),
        command("aaa new-model", _set),
        command("aaa authentication login default local", _aaa),
        command("aaa authentication dot1x default group radius", _aaa),
        command("aaa authorization exec default local", _aaa),
        command("aaa authorization network default group radius", _aaa),
        command("dot1x system-auth-control", _set),
        command("radius server <word>", _radius),
        command("username <word> privilege <number> secret <line>", _keyed(2)),
        command("mls qos", _set),
        command("mls qos map cos-dscp <line>", _cos_map),
        command("snmp-server location <line>", _set),
        command("snmp-server contact <line>", _set),
        command("snmp-server community <line>", _add),
        command("snmp-server view <word> <word> <included|excluded>", _add),
        command("snmp-server group <word> v3 <auth|noauth|priv> read <word> access <word>", _keyed(3)),
        command("snmp-server group <word> v3 <auth|noauth|priv>", _keyed(3)),
        command(
            "snmp-server user <word> <word> v3 auth <sha|md5> <word> priv aes <128|192|256> <word> access <word>",
            _user,
        ),
        command("snmp-server user <word> <word> v3", _user),
    ],
    "archive": [*EVERYWHERE, command("path <word>", _set), command("maximum <number>", _set)],
    "vlan": [*EVERYWHERE, command("name <word>", _set)],
    "port": [
        *EVERYWHERE,
        command("description <line>", _set),
        command("shutdown", _set),
        command("switchport mode <access|trunk>", _set),
        command("switchport nonegotiate", _set),
        command("switchport access vlan <number>", _access_vlan),
        command("switchport trunk native vlan <number>", _set),
        command("switchport trunk allowed vlan <vlans>", _allowed(lambda _, given: given)),
        command("switchport trunk allowed vlan add <vlans>", _allowed(lambda before, given: before | given)),
        command("switchport trunk allowed vlan remove <vlans>", _allowed(lambda before, given: before - given)),
        command("switchport trunk allowed vlan except <vlans>", _allowed(lambda _, given: set(vlans.ALL) - given)),
        command("switchport trunk allowed vlan all", _allowed(lambda *_: set(vlans.ALL))),
        command("switchport trunk allowed vlan none", _allowed(lambda *_: set())),
        command("spanning-tree portfast", _portfast),
        command("spanning-tree portfast trunk", _portfast),
        command("spanning-tree guard <root|loop>", _set),
        command("switchport voice vlan <number>", _set),
        command("switchport port-security", _port_security),
        command("switchport port-security maximum <number>", _set),
        command("switchport port-security violation <protect|restrict|shutdown>", _violation),
        command("switchport port-security aging time <number>", _set),
        command("switchport port-security aging type <absolute|inactivity>", _set),
        command("storm-control broadcast level pps <large>", _set),
        command("storm-control multicast level pps <large>", _set),
        command("storm-control action <shutdown|trap>", _set),
        command("ip dhcp snooping trust", _set),
        command("ip dhcp snooping limit rate <large>", _set),
        command("ip arp inspection trust", _set),
        command("ip arp inspection limit rate <large>", _set),
        *(command(f"authentication event {event} action authorize vlan <number>", _access_set) for event in EVENTS),
        command("authentication event server alive action reinitialize", _set),
        command("authentication host-mode <multi-domain|multi-auth|multi-host>", _set),
        command("authentication order <dot1x|mab>", _order),
        command("authentication order <dot1x|mab> <dot1x|mab>", _order),
        command("authentication order", _order),
        command("authentication port-control <auto|force-authorized>", _set),
        command("mab", _access_set),
        command("dot1x pae authenticator", _access_set),
        command("dot1x timeout tx-period <large>", _set),
        command("mls qos trust <cos|dscp>", _set),
        command("mls qos cos <number>", _set),
        command("priority-queue out", _set),
        command("lldp transmit", _by_default),
        command("lldp receive", _by_default),
        command("spanning-tree bpduguard <enable|disable>", _set),
    ],
    "radius": [
        *EVERYWHERE,
        command("address ipv4 <ip> auth-port <number> acct-port <number>", _set),
        command("key <line>", _key),
    ],
    "arp": [*EVERYWHERE, command("permit ip host <ip> mac any", _entry)],
    "ip": [*EVERYWHERE, command("permit <ip>", _entry)],
    "interface": [
        *EVERYWHERE,
        command("description <line>", _set),
        command("shutdown", _set),
        command("ip address <ip> <ip>", _address),
    ],
    "line": [
        *EVERYWHERE,
        command("access-class <word> in", _set),
        command("exec-timeout <number> <number>", _set),
        command("login local", _set),
        command("transport input <line>", _set),
    ],
}
