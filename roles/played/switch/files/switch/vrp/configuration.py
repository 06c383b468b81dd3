"""The commands of the system view, and of each view in it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from ipaddress import IPv4Interface
from itertools import pairwise
from typing import TYPE_CHECKING

from ..grammar import Command, Match, Refused, command
from . import ranges
from .config import AAA, ALLOW, ARP, CAUSES, DEFAULT, EDGE, HYBRID_PVID, KIND, PORTS, PVID, TAGGED, TOP, UNTAGGED
from .grammar import GRAMMAR, wrong

if TYPE_CHECKING:
    from .cli import Session

LONG = "Info: This operation may take a few seconds. Please wait for a moment...done."
NO_VLAN = "Error: The VLAN does not exist."
RENEW = "Error: Please renew the default configurations."
NO_DHCP = "Error: Please enable DHCP first."
NO_SNOOPING = "Error: DHCP snooping is not enabled globally."
NO_SECURITY = "Error: Please enable port-security first."
STORMS = ("broadcast", "multicast")
SECURITY = ("max-mac-num", "aging-time", "protect-action")  # what goes with `port-security enable`
TRAFFIC = (
    "traffic classifier <word> operator <or|and>",
    "traffic classifier <word>",
    "traffic behavior <word>",
    "traffic policy <word> match-order <config|auto>",
    "traffic policy <word>",
)
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


def _either(session: Session, match: Match, undo: bool) -> str:
    """On or off, and printed both ways."""
    session.switch.config.section(session.header)[match.text] = f"undo {match.text}" if undo else match.text
    return ""


def _off(session: Session, match: Match, undo: bool) -> str:
    """On unless it is said that it is off."""
    lines = session.switch.config.section(session.header)
    if undo:
        lines[match.text] = f"undo {match.text}"
    else:
        lines.pop(match.text, None)
    return ""


def _needs(setting: str, error: str, top: bool = False) -> Callable[[Session, Match, bool], str]:
    """A setting that is refused while another one is not there, of the same section or of the whole switch."""

    def run(session: Session, match: Match, undo: bool) -> str:
        if not undo and setting not in session.switch.config.section(TOP if top else session.header):
            raise Refused(error)
        return _set(session, match, undo)

    return run


def _without(*settings: str) -> Callable[[Session, Match, bool], str]:
    """A setting that takes others with it when it goes; one of another name only takes away."""

    def run(session: Session, match: Match, undo: bool) -> str:
        if undo:
            for setting in settings:
                session.switch.config.section(session.header).pop(setting, None)
        return _set(session, match, undo)

    return run


def _voice(session: Session, match: Match, undo: bool) -> str:
    if undo:
        session.switch.config.section(session.header).pop("voice-vlan", None)
    else:
        session.switch.config.section(session.header)["voice-vlan"] = match.text
    return ""


def _storm(session: Session, match: Match, undo: bool) -> str:
    key = " ".join(match.command.words[:2])
    if undo:
        session.switch.config.section(session.header).pop(key, None)
    elif len(match.arguments) < 2:
        raise Refused(GRAMMAR.incomplete)
    else:
        session.switch.config.section(session.header)[key] = match.text
    return ""


def _keyed(words: int) -> Callable[[Session, Match, bool], str]:
    """A setting with one value for each of what its first words name; `undo` may leave out the rest."""

    def run(session: Session, match: Match, undo: bool) -> str:
        key = " ".join(match.text.split()[:words])
        lines = session.switch.config.section(TOP)
        lines.pop(key, None)
        if not undo:
            lines[key] = match.text
        return ""

    return run


def _rule(session: Session, match: Match, undo: bool) -> str:
    key = f"rule {match.arguments[0]}"
    if undo:
        session.switch.config.section(session.header).pop(key, None)
    else:
        session.switch.config.section(session.header)[key] = match.text
    return ""


def _error_down(session: Session, match: Match, undo: bool) -> str:
    key = f"error-down auto-recovery cause {match.arguments[0]}"
    if undo:
        session.switch.config.section(TOP).pop(key, None)
    else:
        session.switch.config.section(TOP)[key] = match.text
    return ""


def _traffic(session: Session, match: Match, undo: bool) -> str:
    """A classifier, a behavior or a policy; each goes only once nothing refers to it."""
    kind, name = match.command.words[1], match.arguments[0]
    sections, found = session.switch.config.sections, f"traffic {kind} {name}"
    header = next((each for each in sections if " ".join(each.split()[:3]) == found), None)
    if not undo:
        session.header = header or match.text
        session.switch.config.section(session.header)
        return ""
    words = ("traffic-policy" if kind == "policy" else kind, name)
    others = (inside.values() for each, inside in sections.items() if not each.startswith(f"traffic {kind}"))
    if any(words in pairwise(line.split()) for lines in others for line in lines):
        raise Refused(f"Error: The {kind} is in use.")
    sections.pop(header or "", None)
    return ""


def _bound(session: Session, match: Match, undo: bool) -> str:
    """Both must be there."""
    for kind, name in zip(("classifier", "behavior"), () if undo else match.arguments, strict=not undo):
        if not any(" ".join(each.split()[:3]) == f"traffic {kind} {name}" for each in session.switch.config.sections):
            raise Refused(f"Error: The {kind} does not exist.")
    return _add(session, match, undo)


def _traffic_policy(session: Session, match: Match, undo: bool) -> str:
    lines = session.switch.config.section(session.header)
    if not undo and not any(
        each.startswith(f"traffic policy {match.arguments[0]} ") for each in session.switch.config.sections
    ):
        raise Refused("Error: The traffic policy does not exist.")
    lines.pop("traffic-policy", None)
    if not undo:
        lines["traffic-policy"] = match.text
    return ""


def _versions(session: Session, match: Match, undo: bool) -> str:
    """The versions of SNMP that are spoken: a line adds some, `undo` takes some away."""
    lines, setting = session.switch.config.section(TOP), "snmp-agent sys-info version"
    before = set(lines.get(setting, f"{setting} v3").removeprefix(setting).split())
    given = set(["v1", "v2c", "v3"] if match.arguments[0] == "all" else match.arguments[0].split())
    if not given <= {"v1", "v2c", "v3"}:
        raise wrong(session.typed.index(match.arguments[0]))
    after = before - given if undo else before | given
    lines[setting] = f"{setting} {' '.join(sorted(after))}".rstrip()
    return ""


def _mib_view(session: Session, match: Match, undo: bool) -> str:
    """`undo` names the view alone."""
    lines, key = session.switch.config.section(TOP), f"snmp-agent mib-view {match.arguments[0]}"
    lines.pop(key, None)
    if not undo:
        lines[key] = match.text
    return ""


def _user_group(session: Session, match: Match, undo: bool) -> str:
    name = match.arguments[0]
    lines, beginning = session.switch.config.section(TOP), f"snmp-agent usm-user v3 {name} "
    if undo:
        for key in [key for key in lines if key.startswith(beginning)]:
            del lines[key]
        return ""
    lines[f"{beginning}group"] = match.text
    return ""


def _user_mode(session: Session, match: Match, undo: bool) -> str:
    """How a user proves who it is, and how it hides what it says: the password is asked for, twice."""
    name, mode = match.arguments[:2]
    kind = match.command.words[4]
    key = f"snmp-agent usm-user v3 {name} {kind}"
    lines = session.switch.config.section(TOP)
    if undo:
        lines.pop(key, None)
        return ""
    if match.command.words[-1] == "<word>":
        if not match.arguments[2].startswith("%^%#"):
            raise Refused("Error: The password is not a valid ciphertext.")
        lines[key] = match.text
        return ""

    def again(first: str) -> str:
        if not 8 <= len(first) <= 64:
            raise Refused("Error: The password length is invalid.")

        def stored(second: str) -> str:
            if first != second:
                raise Refused("Error: The two passwords are different.")
            lines[key] = f"{key} {mode} cipher %^%#{sha256(f'{key}{first}'.encode()).hexdigest()[:40]}%^%#"
            return ""

        session.ask("Confirm Password:", stored, any_answer=True, hidden=True)
        return ""

    session.ask("Enter Password:", again, any_answer=True, hidden=True)
    return f"Please configure the {kind.removesuffix('-mode')} password (8-64)"


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
    if any(setting in config.section(header) for setting in (DEFAULT, PVID, ALLOW, HYBRID_PVID, TAGGED, UNTAGGED)):
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


def _hybrid(session: Session, match: Match, undo: bool) -> str:
    """`port hybrid tagged|untagged vlan` puts VLANs there; `undo port hybrid vlan` takes them out."""
    config, header, given = session.switch.config, session.header, _vlans(session, match)
    if config.kind(header) != "hybrid":
        raise Refused("Error: The port is not a hybrid port.")
    here = "" if undo else match.command.leaf
    for setting in (TAGGED, UNTAGGED):
        before = config.hybrid(header, setting)
        config.mix(header, setting, before | given if setting == here else before - given)
    return ""


def _hybrid_pvid(session: Session, match: Match, undo: bool) -> str:
    if session.switch.config.kind(session.header) != "hybrid":
        raise Refused("Error: The port is not a hybrid port.")
    return _set(session, match, undo or match.arguments[:1] == ("1",))


def _undo_hybrid(session: Session, match: Match, undo: bool) -> str:
    if not undo:
        raise wrong(0)
    return _hybrid(session, match, undo)


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
        command("stp instance 0 priority <number>", _set),
        command(f"error-down auto-recovery cause <{'|'.join(CAUSES)}> interval <number>", _error_down),
        command(f"error-down auto-recovery cause <{'|'.join(CAUSES)}>", _error_down),
        command("header login information <line>", _set),
        command("stelnet server enable", _set),
        command("telnet server enable", _either),
        command("http server enable", _either),
        command("lldp enable", _set),
        command("dhcp enable", _without("dhcp snooping enable")),
        command("dhcp snooping enable", _needs("dhcp enable", NO_DHCP)),
        command("user-bind static ip-address <ip> vlan <number>", _add),
        command("acl number <number>", _view),
        command("ip route-static <ip> <mask> <ip>", _add),
        command("info-center loghost <ip>", _add),
        command("ntp-service unicast-server <ip>", _add),
        *(command(words, _traffic) for words in TRAFFIC),
        command("snmp-agent", _set),
        command("snmp-agent sys-info version <line>", _versions),
        command("snmp-agent mib-view included <word> <word>", _mib_view),
        command("snmp-agent mib-view <word>", _mib_view),
        command("snmp-agent community <read|write> cipher <word>", _keyed(5)),
        command("snmp-agent community <read|write> <word>", _keyed(4)),
        command(
            "snmp-agent group v3 <word> <privacy|authentication|noauthentication> read-view <word> acl <number>",
            _keyed(5),
        ),
        command("snmp-agent group v3 <word> <privacy|authentication|noauthentication>", _keyed(5)),
        command("snmp-agent usm-user v3 <word> group <word>", _user_group),
        command("snmp-agent usm-user v3 <word>", _user_group),
        *(
            command(f"snmp-agent usm-user v3 <word> {how}{cipher}", _user_mode)
            for how in ("authentication-mode <sha|md5|sha2-256>", "privacy-mode <aes128|aes192|aes256|des56>")
            for cipher in ("", " cipher <word>")
        ),
        command("snmp-agent sys-info location <line>", _set),
        command("snmp-agent sys-info contact <line>", _set),
    ],
    "vlan": [
        *EVERYWHERE,
        command("description <line>", _set),
        command("dhcp snooping enable", _needs("dhcp snooping enable", NO_SNOOPING, top=True)),
    ],
    "port": [
        *EVERYWHERE,
        command("description <line>", _set),
        command("shutdown", _set),
        command(f"{KIND} <access|trunk|hybrid>", _kind),
        command(f"{DEFAULT} <number>", _default),
        command(f"{PVID} <number>", _pvid),
        command(f"{ALLOW} <line>", _allow),
        command(f"{HYBRID_PVID} <number>", _hybrid_pvid),
        command(f"{TAGGED} <line>", _hybrid),
        command(f"{UNTAGGED} <line>", _hybrid),
        command("port hybrid vlan <line>", _undo_hybrid),
        command("voice-vlan <number> enable", _voice),
        command("voice-vlan enable", _voice),
        command(f"{EDGE} <enable|disable>", _set),
        command("stp root-protection", _set),
        command("lldp enable", _off),
        command("traffic-policy <word> inbound", _traffic_policy),
        command("traffic-policy inbound", _traffic_policy),
        command("dhcp snooping trusted", _needs("dhcp snooping enable", NO_SNOOPING, top=True)),
        command(ARP, _needs("dhcp snooping enable", NO_SNOOPING, top=True)),
        command("dhcp snooping check dhcp-rate enable", _without("dhcp snooping check dhcp-rate")),
        command("dhcp snooping check dhcp-rate <number>", _set),
        *(command(f"storm-control {kind} min-rate <number> max-rate <number>", _storm) for kind in STORMS),
        *(command(f"storm-control {kind}", _storm) for kind in STORMS),
        command("storm-control action <block|error-down>", _set),
        command("port-security enable", _without(*(f"port-security {each}" for each in SECURITY))),
        command("port-security max-mac-num <number>", _needs("port-security enable", NO_SECURITY)),
        command("port-security aging-time <line>", _needs("port-security enable", NO_SECURITY)),
        command(
            "port-security protect-action <protect|restrict|shutdown>", _needs("port-security enable", NO_SECURITY)
        ),
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
    "acl": [
        *EVERYWHERE,
        command("rule <number> permit source <ip> <line>", _rule),
        command("rule <number> deny", _rule),
        command("rule <number>", _rule),
    ],
    "traffic classifier": [*EVERYWHERE, command("if-match vlan-id <number>", _add), command("if-match any", _add)],
    "traffic behavior": [*EVERYWHERE, command("remark dscp <word>", _set)],
    "traffic policy": [*EVERYWHERE, command("classifier <word> behavior <word>", _bound)],
    AAA: [*EVERYWHERE, command("local-user <word> <line>", _add)],
}
