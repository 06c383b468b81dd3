"""The commands of configuration mode, and of its contexts: a VLAN, a list of ports."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from .. import vlans
from ..grammar import Invalid, Match, Refused, command
from . import ports
from .config import DEFAULT, LEASED, WATCHED, Vlan

if TYPE_CHECKING:
    from .cli import Session

TOP, VLAN, PORT = "", "vlan", "interface"
OTHER_USER = "Would you like to create a user that uses SHA? [y/n] "
RESTRICT = (
    "User creation is done.  SNMPv3 is now functional.\nWould you like to restrict SNMPv1 and SNMPv2c messages to have "
    "read only\naccess (you can set this later by the command 'snmp restrict-access')? [y/n] "
)
HIGHEST = 4094
DSCP = {"ef": 46, "af41": 34, "af31": 26, "af21": 18, "af11": 10}
RECOGNIZING = ("authenticator", "mac-based")
EDGE = ("admin-edge-port", "bpdu-protection", "root-guard")


def _text(argument: str) -> str:
    """One word, or several in quotes. Raises Refused."""
    if argument.startswith('"') and argument.endswith('"') and len(argument) > 1:
        return argument[1:-1]
    if len(words := argument.split()) > 1:
        raise Refused(f"Invalid input: {words[1]}")
    return argument


def _hostname(session: Session, match: Match, no: bool) -> str:
    session.switch.config.hostname = "HP-2530-24G" if no else _text(match.arguments[0])
    return ""


def _gateway(session: Session, match: Match, no: bool) -> str:
    session.switch.config.default_gateway = None if no else match.arguments[0]
    return ""


def _set(session: Session, match: Match, no: bool) -> str:
    """A setting with one value: a new line replaces the old one."""
    _store(session, match.command.leaf, None if no else match.text)
    return ""


def _add(session: Session, match: Match, no: bool) -> str:
    """A setting with several values: each line stands for itself."""
    _store(session, match.text, None if no else match.text)
    return ""


def _on_by_default(session: Session, match: Match, no: bool) -> str:
    _store(session, match.text, f"no {match.text}" if no else None)
    return ""


def _store(session: Session, key: str, line: str | None) -> None:
    lines = session.switch.config.lines
    if line is None:
        lines.pop(key, None)
    else:
        lines[key] = line


def _snmpv3(session: Session, match: Match, no: bool) -> str:
    """The first time it makes a user, `initial`, with MD5 and DES, and asks for its passwords."""
    lines = session.switch.config.lines
    if no or match.text in lines:
        _store(session, match.text, None)
        return ""

    def users(key: str) -> str:
        return session.ask(RESTRICT, lambda _key: "") if key == "n" else session.ask(OTHER_USER, users)

    def privacy(password: str) -> str:
        if len(password) < 8:
            return session.ask("Enter privacy password: ", privacy, hidden=True)
        lines[match.text] = match.text
        lines['snmpv3 user "initial"'] = 'snmpv3 user "initial"'
        session.ask(f"User 'initial' is created\n{OTHER_USER}", users)
        return ""

    def authentication(password: str) -> str:
        again = len(password) < 8
        following = (
            ("Enter authentication password: ", authentication) if again else ("Enter privacy password: ", privacy)
        )
        return session.ask(*following, hidden=True)

    session.ask("Enter authentication password: ", authentication, hidden=True)
    return "SNMPv3 Initialization process.\nCreating user 'initial'\nAuthentication Protocol: MD5"


def _snmp_user(session: Session, match: Match, no: bool) -> str:
    """Its secrets are in no configuration that is shown."""
    key = f'snmpv3 user "{_text(match.arguments[0])}"'
    if no and key not in session.switch.config.lines:
        raise Refused(f"Invalid input: {match.arguments[0]}")
    _store(session, key, None if no else key)
    return ""


def _snmp_group(session: Session, match: Match, no: bool) -> str:
    group, user = match.arguments[0], _text(match.arguments[1])
    key = f'snmpv3 group {group} user "{user}" sec-model ver3'
    _store(session, key, None if no else key)
    return ""


def _community(session: Session, match: Match, no: bool) -> str:
    """By its name; what follows is what it may."""
    _store(session, f"snmp-server community {match.arguments[0]}", None if no else match.text)
    return ""


def _vlan(session: Session, match: Match, no: bool) -> str:
    number = int(match.arguments[0]) if match.arguments else 0
    if not 1 <= number <= HIGHEST:
        raise Refused(f"Invalid input: {number}")
    if no:
        return _no_vlan(session, number)
    session.switch.config.members.setdefault(number, Vlan(f"VLAN{number}"))
    session.context = (VLAN, str(number))
    return ""


def _no_vlan(session: Session, number: int) -> str:
    config = session.switch.config
    if number == DEFAULT:
        raise Refused("The default VLAN cannot be deleted.")
    if number not in config.members:
        raise Refused(f"Invalid input: {number}")
    if alone := config.alone_in(number):
        question = (
            f"The following ports will be moved to the default VLAN:\n{ports.render(alone)}\n"
            "Do you want to continue?\n[y/n] "
        )
        return session.ask(question, lambda key: _gone(session, number) if key == "y" else "")
    return _gone(session, number)


def _gone(session: Session, number: int) -> str:
    session.switch.config.remove(number)
    session.switch.plane.apply(session.switch.config)
    return ""


def _vlan_line(session: Session, match: Match, no: bool) -> str:
    """`vlan 20 untagged 5`, on one line: the context stays where it was."""
    return _inside(session, VLAN, match, no)


def _interface(session: Session, match: Match, no: bool) -> str:
    if no:
        raise Refused("Invalid input: interface")
    ports.parse(match.arguments[0])
    session.context = (PORT, match.arguments[0])
    return ""


def _interface_line(session: Session, match: Match, no: bool) -> str:
    ports.parse(match.arguments[0])
    return _inside(session, PORT, match, no)


def _inside(session: Session, kind: str, match: Match, no: bool) -> str:
    before, (which, line) = session.context, match.arguments
    line = f"no {line}" if no else line
    if kind == VLAN:
        _vlan(session, match, no=False)
    session.context = (kind, which)
    try:
        parsed, negated = session.parsed(line, CONFIG[kind])
        output: str = parsed.command.run(session, parsed, negated)
        return output
    except Invalid as error:
        raise Refused(f"{error}: {line[error.column :].split()[0]}") from None
    finally:
        session.context = before


def _this_vlan(session: Session) -> tuple[int, Vlan]:
    assert session.context is not None
    number = int(session.context[1])
    vlan: Vlan = session.switch.config.members[number]
    return number, vlan


def _these_ports(session: Session) -> set[str]:
    assert session.context is not None
    return ports.parse(session.context[1])


def _vlan_name(session: Session, match: Match, no: bool) -> str:
    number, vlan = _this_vlan(session)
    vlan.name = f"VLAN{number}" if no else _text(match.arguments[0])
    return ""


def _untagged(session: Session, match: Match, no: bool) -> str:
    number, _ = _this_vlan(session)
    names = _given(match)
    if no:
        session.switch.config.take_out(number, names, tagged=False)
    else:
        session.switch.config.untag(number, names)
    return ""


def _tagged(session: Session, match: Match, no: bool) -> str:
    number, _ = _this_vlan(session)
    names = _given(match)
    if no:
        session.switch.config.take_out(number, names, tagged=True)
    else:
        session.switch.config.tag(number, names)
    return ""


def _given(match: Match) -> set[str]:
    if not match.arguments:
        raise Refused("Incomplete input")
    return ports.parse(match.arguments[0])


def _address(session: Session, match: Match, no: bool) -> str:
    """A VLAN may have several addresses, of networks that nothing else on the switch has."""
    _, vlan = _this_vlan(session)
    address = _with_mask(match.arguments) if match.arguments else None
    if no:
        if address and address not in vlan.addresses:
            raise Refused(f"The IP address {match.arguments[0]} cannot be found.")
        vlan.addresses = [each for each in vlan.addresses if address and each != address]
        return ""
    assert address is not None
    network = IPv4Interface(address.replace(" ", "/")).network
    for other in session.switch.config.members.values():
        for present in other.addresses:
            if present != LEASED and IPv4Interface(present.replace(" ", "/")).network.overlaps(network):
                if other is vlan and present == address:
                    return ""
                raise Refused(f"The IP address (or subnet) {address.split()[0]}/{network.prefixlen} already exists.")
    vlan.addresses = [*(each for each in vlan.addresses if each != LEASED), address]
    return ""


def _with_mask(arguments: tuple[str, ...]) -> str:
    try:
        interface = IPv4Interface("/".join(arguments))
    except ValueError:
        raise Refused(f"Invalid input: {arguments[-1]}") from None
    return f"{interface.ip} {interface.netmask}"


def _leased(session: Session, _match: Match, no: bool) -> str:
    _, vlan = _this_vlan(session)
    vlan.addresses = [] if no else [LEASED]
    return ""


def _vlan_setting(session: Session, match: Match, no: bool) -> str:
    _, vlan = _this_vlan(session)
    vlan.lines.pop(match.command.leaf, None)
    if not no:
        vlan.lines[match.command.leaf] = match.text
    return ""


def _bits(mark: str) -> str:
    """Of a mark by its name, or as six bits. Raises Refused."""
    if mark in DSCP:
        return f"{DSCP[mark]:06b}"
    if not re.fullmatch("[01]{6}", mark):
        raise Refused(f"Invalid input: {mark}")
    return mark


def _mark(session: Session, match: Match, no: bool) -> str:
    """It is printed as six bits."""
    _, vlan = _this_vlan(session)
    vlan.lines.pop("qos dscp", None)
    if not no:
        vlan.lines["qos dscp"] = f"qos dscp {_bits(match.arguments[0])}"
    return ""


def _port_name(session: Session, match: Match, no: bool) -> str:
    for name in _these_ports(session):
        session.switch.config.settings[name].name = "" if no else _text(match.arguments[0])
    return ""


def _enabled(enabled: bool) -> Callable[[Session, Match, bool], str]:
    def run(session: Session, _match: Match, no: bool) -> str:
        for name in _these_ports(session):
            session.switch.config.settings[name].enabled = enabled is not no
        return ""

    return run


def _port_setting(session: Session, match: Match, no: bool) -> str:
    for name in _these_ports(session):
        lines = session.switch.config.settings[name].lines
        lines.pop(match.command.leaf, None)
        if not no:
            lines[match.command.leaf] = match.text
    return ""


def _port_vlans(tagged: bool) -> Callable[[Session, Match, bool], str]:
    """`untagged vlan 20` in the context of ports: what recent releases take as well."""

    def run(session: Session, match: Match, no: bool) -> str:
        config, names = session.switch.config, _these_ports(session)
        for number in sorted(vlans.parse(match.arguments[0])):
            if number not in config.members:
                raise Refused(f"Invalid input: {number}")
            if no:
                config.take_out(number, names, tagged)
            elif tagged:
                config.tag(number, names)
            else:
                config.untag(number, names)
        return ""

    return run


def _outside(session: Session, match: Match, no: bool) -> str:
    """A setting of ports that is said outside of them: `spanning-tree 1-4 root-guard`; what replaces what is a key."""
    first = next(i for i, word in enumerate(match.command.words) if word == "<ports>")
    words = list(match.command.words)
    words[first] = "{}"
    fixed = next((i for i in range(first + 1, len(words)) if words[i].startswith("<")), len(words))
    key = " ".join(words[:fixed] if words[0] == "spanning-tree" else words[: first + 1])
    values = iter(match.arguments[1:])
    line = " ".join(next(values) if word.startswith("<") else word for word in words)
    for name in ports.parse(match.arguments[0]):
        outside = session.switch.config.settings[name].outside
        outside.pop(key, None)
        if not no and not line.endswith("txrx"):
            outside[key] = line
    return ""


def _access(session: Session, match: Match, no: bool) -> str:
    """What a port asks of whoever plugs in; without it, all that is said of it goes."""
    kind, words = match.command.words[2], match.command.words
    setting = f" {words[4]}" if len(words) > 4 else ""
    beginning = f"aaa port-access {kind} {{}}"
    for name in ports.parse(match.arguments[0]):
        outside = session.switch.config.settings[name].outside
        if no and not setting:
            for key in [key for key in outside if key.startswith(beginning)]:
                del outside[key]
            continue
        outside.pop(beginning + setting, None)
        if not no:
            outside[beginning + setting] = f"{beginning}{setting} {' '.join(match.arguments[1:])}".rstrip()
    return ""


def _radius(session: Session, match: Match, no: bool) -> str:
    """Its key is in no configuration that is shown."""
    key = f"radius-server host {match.arguments[0]}"
    _store(session, key, None if no else key)
    return ""


def _at_once(session: Session, match: Match, no: bool) -> str:
    """Several settings of a port on one line."""
    for kind in EDGE:
        each = command(f"spanning-tree <ports> {kind}", _outside)
        _outside(session, Match(each, match.arguments), no)
    return ""


def _trust(session: Session, match: Match, no: bool) -> str:
    """It is said outside of ports, and printed inside."""
    setting = f"{match.command.words[0]} trust"
    for name in ports.parse(match.arguments[0]):
        lines = session.switch.config.settings[name].lines
        lines.pop(setting, None)
        if not no:
            lines[setting] = setting
    return ""


def _watched(session: Session, match: Match, no: bool) -> str:
    """VLANs are added to what is there."""
    if not re.fullmatch(r"\d{1,4}([ ,-]\d{1,4})*", match.arguments[0]):
        raise Refused(f"Invalid input: {match.arguments[0].split()[0]}")
    for number in sorted(vlans.parse(match.arguments[0].replace(" ", ","))):
        _store(session, f"{match.command.leaf} {number}", None if no else f"{match.command.leaf} {number}")
    return ""


def _exit(session: Session, *_: object) -> str:
    return session.leave()


def _end(session: Session, *_: object) -> str:
    session.end()
    return ""


LEAVING = [command("exit", _exit), command("end", _end)]
CONFIG = {
    TOP: [
        *LEAVING,
        command("hostname <line>", _hostname),
        command("vlan <vlan>", _vlan),
        command("vlan <vlan> <line>", _vlan_line),
        command("interface <ports>", _interface),
        command("interface <ports> <line>", _interface_line),
        command("ip default-gateway <ip>", _gateway),
        command("ip ssh", _on_by_default),
        command("telnet-server", _on_by_default),
        command("web-management", _on_by_default),
        command("tftp server", _on_by_default),
        command("spanning-tree", _set),
        command("spanning-tree priority <number>", _set),
        command("spanning-tree bpdu-protection-timeout <number>", _set),
        *(command(f"spanning-tree <ports> {kind}", _outside) for kind in EDGE),
        command(f"spanning-tree <ports> {' '.join(EDGE)}", _at_once),
        *(command(f"aaa port-access {kind} <ports>", _access) for kind in RECOGNIZING),
        *(command(f"aaa port-access {kind} <ports> unauth-vid <vlan>", _access) for kind in RECOGNIZING),
        command("aaa port-access authenticator <ports> client-limit <number>", _access),
        command("aaa port-access authenticator active", _set),
        command("aaa authentication port-access <eap-radius|chap-radius|local>", _set),
        command("radius-server host <ip> key <text>", _radius),
        command("radius-server host <ip>", _radius),
        command("port-security <ports>", _outside),
        command("port-security <ports> learn-mode limited-continuous address-limit <number> action <word>", _outside),
        command("fault-finder broadcast-storm <ports>", _outside),
        command("fault-finder broadcast-storm <ports> action warn-and-disable <number> pps <number>", _outside),
        command("lldp admin-status <ports> <disable|txrx>", _outside),
        *(command(f"{kind} trust <ports>", _trust) for kind in WATCHED),
        *(command(f"{kind} vlan <line>", _watched) for kind in WATCHED),
        *(command(kind, _set) for kind in WATCHED),
        command("dhcp-snooping option 82", _on_by_default),
        command("cdp run", _on_by_default),
        command("banner motd <line>", _set),
        command("console idle-timeout <number>", _set),
        command("ip authorized-managers <ip> <ip> access manager", _add),
        command("logging <ip>", _add),
        command("sntp <unicast|broadcast>", _set),
        command("sntp server priority <number> <ip>", _add),
        command("timesync <sntp|ntp>", _set),
        command("snmp-server community <text> <line>", _community),
        command("snmp-server community <text>", _community),
        command("snmpv3 enable", _snmpv3),
        command("snmpv3 only", _set),
        command("snmpv3 user <text>", _snmp_user),
        command("snmpv3 user <text> auth <sha|md5> <text> priv <aes|des> <text>", _snmp_user),
        command(
            "snmpv3 group <operatorauth|managerpriv|managerauth|operatornoauth> user <text> sec-model ver3", _snmp_group
        ),
        command("ip authorized-managers <ip> <ip> access operator access-method snmp", _add),
        command("snmp-server location <line>", _set),
        command("snmp-server contact <line>", _set),
        command("console inactivity-timer <number>", _set),
        command("loop-protect <ports>", _set),
    ],
    VLAN: [
        *LEAVING,
        command("name <line>", _vlan_name),
        command("untagged <ports>", _untagged),
        command("tagged <ports>", _tagged),
        command("ip address <ip> <ip>", _address),
        command("ip address <prefix>", _address),
        command("ip address dhcp-bootp", _leased),
        command("ip igmp", _vlan_setting),
        command("jumbo", _vlan_setting),
        command("voice", _vlan_setting),
        command("qos dscp <ef|af41|af31|af21|af11>", _mark),
        command("qos dscp <number>", _mark),
    ],
    PORT: [
        *LEAVING,
        command("name <line>", _port_name),
        command("disable", _enabled(False)),
        command("enable", _enabled(True)),
        command("untagged vlan <vlan>", _port_vlans(tagged=False)),
        command("tagged vlan <vlans>", _port_vlans(tagged=True)),
        command("dhcp-snooping trust", _port_setting),
        command("arp-protect trust", _port_setting),
        command("flow-control", _port_setting),
        command("speed-duplex <word>", _port_setting),
    ],
}
