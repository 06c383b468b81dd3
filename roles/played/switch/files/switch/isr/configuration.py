"""The commands of configuration mode, and of each kind of section in it, with what IOS XE refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from ..cisco.grammar import invalid
from ..cisco.sections import TOP, WITHIN
from ..cisco.settings import EVERYWHERE, SECTIONS, leave, on_by_default, section, setting
from ..grammar import Command, Match, Refused, command
from .config import FAMILY, FLAT, PORTS
from .grammar import entry
from .type7 import plain

if TYPE_CHECKING:
    from .cli import Session

Run = Callable[..., str]
GONE = "% Not all config may be removed and may reappear after reactivating the sub-interface"
ACTIONS = ("inspect", "drop", "pass")


def _here(session: Session) -> dict[str, str]:
    lines: dict[str, str] = session.switch.config.section(session.headers[0] if session.headers else TOP)
    return lines


def _put(session: Session, key: str, line: str, no: bool) -> str:
    lines = _here(session)
    lines.pop(key, None) if no else lines.update({key: line})
    return ""


def _keyed(words: int, *, last: bool = False) -> Run:
    """A setting with one value for each of what its first words name, and its last one."""

    def run(session: Session, match: Match, no: bool) -> str:
        said = match.text.split()
        return _put(session, " ".join([*said[:words], *(said[-1:] if last else [])]), match.text, no)

    return run


def _each(session: Session, match: Match, no: bool) -> str:
    """A setting with several values: each line stands for itself."""
    return _put(session, match.text, match.text, no)


def _used(session: Session, pattern: str) -> bool:
    """Whether any line or header says this."""
    sections = session.switch.config.sections
    return any(re.fullmatch(pattern, text) for header, lines in sections.items() for text in (header, *lines.values()))


def _unused(pattern: str, said: str) -> Run:
    """A section that cannot go while something names it; {} is its name."""

    def run(session: Session, match: Match, no: bool) -> str:
        name = match.arguments[-1]
        if no and _used(session, pattern.format(re.escape(name))):
            raise Refused(f"% {said.format(name)}")
        return section(session, match, no)

    return run


def _known(header: str, said: str, then: Run) -> Run:
    """A line that names a section, which must be there; {} is its name."""

    def run(session: Session, match: Match, no: bool) -> str:
        name = "self" if no else match.arguments[-1]
        if name not in ("class-default", "self") and not _used(session, header.format(re.escape(name))):
            raise Refused(f"% {said.format(name)}")
        return then(session, match, no)

    return run


# Interfaces


def _interface(session: Session, match: Match, no: bool) -> str:
    name = match.text.split()[1] if "gigabitethernet" not in match.text else f"GigabitEthernet{match.arguments[0]}"
    sub = "." in name
    if name.startswith("GigabitEthernet") and name.partition(".")[0] not in PORTS:
        raise invalid(len("interface "))
    if no and not sub and not name.startswith("Loopback"):
        raise Refused("% Removal of physical interfaces is not permitted")
    section(session, Match(command(f"interface {name}", _interface), ()), no)
    return GONE if no and sub else ""


def _encapsulation(session: Session, match: Match, no: bool) -> str:
    here, parent = session.headers[0], session.headers[0].partition(".")[0]
    line = f"encapsulation dot1Q {match.arguments[0]}" if match.arguments else ""
    for header, lines in session.switch.config.sections.items():
        if not no and header.startswith(f"{parent}.") and header != here and line in lines.values():
            raise Refused(
                "%Configuration of multiple subinterfaces of the same main interface with the same VID"
                f" ({match.arguments[0]}) is not permitted."
            )
    return _put(session, "encapsulation", line, no)


def _address(session: Session, match: Match, no: bool) -> str:
    config, here = session.switch.config, session.headers[0]
    if not no:
        address, mask = match.arguments
        try:
            network = IPv4Interface(f"{address}/{mask}").network
        except ValueError:
            raise Refused(f"Bad mask {mask} for address {address}") from None
        if "." in here and not any(key.startswith("encapsulation") for key in config.sections[here]):
            raise Refused(
                "% Configuring IP routing on a LAN subinterface is only allowed if that\n"
                "subinterface is already configured as part of an IEEE 802.10, IEEE 802.1Q,\nor ISL vLAN."
            )
        for name, other in config.up().items():
            if f"interface {name}" != here and network.overlaps(other.network):
                raise Refused(f"% {network.network_address} overlaps with {name}")
    return setting(session, match, no)


# BGP


def _bgp(session: Session, match: Match, no: bool) -> str:
    config = session.switch.config
    if not no and config.bgp not in (None, match.text):
        raise Refused(f"BGP is already running; AS is {config.bgp.split()[2]}")
    new = config.bgp is None
    section(session, match, no)
    if new and not no:
        _here(session)["bgp log-neighbor-changes"] = "bgp log-neighbor-changes"
        config.section(f"{match.text}{WITHIN}{FAMILY}")
    return ""


def _family(session: Session, *_: object) -> str:
    header = f"{session.switch.config.bgp}{WITHIN}{FAMILY}"
    session.switch.config.section(header)
    session.headers = (header,)
    return ""


def _remote(session: Session, match: Match, no: bool) -> str:
    config, peer = session.switch.config, match.arguments[0]
    lines = _here(session)
    if no:
        for section in (lines, config.family()):
            for key in [key for key in section if key.startswith(f"neighbor {peer} ")]:
                del section[key]
        return ""
    if f"neighbor {peer} remote-as" not in lines and FLAT not in lines:
        config.family()[f"neighbor {peer} activate"] = f"neighbor {peer} activate"
    lines[f"neighbor {peer} remote-as"] = match.text
    return ""


def _neighbour(words: int = 3, *, last: bool = False) -> Run:
    """A line about a neighbour, of BGP or of its address family."""

    def run(session: Session, match: Match, no: bool) -> str:
        config, peer = session.switch.config, match.arguments[0]
        if f"neighbor {peer} remote-as" not in config.sections[config.bgp]:
            raise Refused("% Specify remote-as or peer-group commands first")
        return _keyed(words, last=last)(session, match, no)

    return run


def _of_family(then: Run) -> Run:
    """A line of the address family that is typed outside of it: it is in the one that is there by default."""

    def run(session: Session, match: Match, no: bool) -> str:
        before = session.headers
        session.headers = (f"{session.switch.config.bgp}{WITHIN}{FAMILY}",)
        try:
            return then(session, match, no)
        finally:
            session.headers = before

    return run


def _password(session: Session, match: Match, no: bool) -> str:
    peer, said = match.arguments[0], match.arguments[-1]
    key = plain(said.removeprefix("7 ")) if said.startswith("7 ") else said
    shown = Match(command("neighbor <ip> password <line>", _password), (peer, key))
    return _neighbour()(session, shown, no)


# Lists and maps


def _prefix_list(session: Session, match: Match, no: bool) -> str:
    key = " ".join(match.text.split()[:5])
    there = session.switch.config.sections[TOP].get(key)
    if no and there != match.text:
        raise Refused("% Can't find specified sequence number")
    if not no and there not in (None, match.text):
        raise Refused(f"% Insertion failed - seq # exists: {there.partition(' seq ')[2]}")
    lines = session.switch.config.sections[TOP]
    lines.pop(key, None) if no else lines.update({key: match.text})
    return ""


def _entry(session: Session, match: Match, no: bool) -> str:
    line = entry(match.text.lstrip("0123456789 "))
    if no and line not in _here(session):
        raise Refused("% No such entry")
    return _put(session, line, line, no)


def _prepend(session: Session, match: Match, no: bool) -> str:
    """A second one is added to the first."""
    lines, key = _here(session), "set as-path prepend"
    before = lines.get(key)
    if no or before is None:
        return _put(session, key, match.text, no)
    lines[key] = f"{before} {match.arguments[-1]}"
    return ""


# Classes and policies


def _class(session: Session, match: Match, no: bool) -> str:
    config, outer = session.switch.config, session.headers[0]
    header = f"{outer}{WITHIN}{match.text}"
    if no:
        config.sections.pop(header, None)
        return ""
    config.section(header)
    session.headers = (header,)
    return ""


def _firewall(session: Session, match: Match, no: bool) -> str:
    new = match.text not in session.switch.config.sections
    said = _unused(r"service-policy type inspect {}", "Policy-map {} is being used")(session, match, no)
    if new and not no:
        session.switch.config.section(f"{match.text}{WITHIN}class class-default")["action"] = "drop"
    return said


def _action(session: Session, match: Match, no: bool) -> str:
    name = session.headers[0].split()[-1]
    protocols = [
        key
        for header, lines in session.switch.config.sections.items()
        if re.fullmatch(rf"class-map type inspect match-\w+ {re.escape(name)}", header)
        for key in lines
        if key.startswith("match protocol ")
    ]
    _put(session, "action", match.text, no)
    if match.text == "inspect" and not protocols and not no:
        return f"%No specific protocol configured in class {name} for inspection. All protocols will be inspected."
    return ""


def _local(session: Session, match: Match, no: bool) -> str:
    if "aaa new-model" not in session.switch.config.sections[TOP]:
        raise invalid(len("aaa "))
    return _put(session, " ".join(match.text.split()[:4]), match.text, no)


ENTRIES = ("permit <line>", "deny <line>", "<large> permit <line>", "<large> deny <line>")


def _reserved(session: Session, match: Match, no: bool) -> str:
    if not no and "network" in _here(session):
        raise Refused("% This command may not be used with network, origin, vrf or relay pools.")
    return setting(session, match, no)


ON_AN_INTERFACE = [
    command("description <line>", setting),
    command("ip address <ip> <ip>", _address),
    command("ip redirects", on_by_default),
    command("ip proxy-arp", on_by_default),
    command("ip helper-address <ip>", _each),
    command("ip access-group <word> <in|out>", _keyed(2, last=True)),
    command("ip verify unicast source reachable-via <rx|any>", _keyed(3)),
    command(
        "zone-member security <word>",
        _known("zone security {}", "Zone {} is not configured", _keyed(2)),
    ),
    command(
        "service-policy input <word>",
        _known("policy-map {}", "policy map {} not configured", _keyed(2)),
    ),
    command("bfd interval <number> min_rx <number> multiplier <number>", _keyed(2)),
    command("bfd echo", on_by_default),
    command("shutdown", setting),
]
OF_THE_FAMILY: list[tuple[str, Run]] = [
    ("network <ip> mask <ip>", _each),
    ("neighbor <ip> activate", _neighbour()),
    ("neighbor <ip> send-community", _neighbour()),
    ("neighbor <ip> prefix-list <word> <in|out>", _neighbour(3, last=True)),
    ("neighbor <ip> route-map <word> <in|out>", _neighbour(3, last=True)),
    ("neighbor <ip> maximum-prefix <large>", _neighbour()),
]
CONFIG: dict[str, list[Command]] = {
    TOP: [
        *SECTIONS[TOP],
        command("ip bgp-community new-format", setting),
        command("ip domain name <word>", setting),
        command("aaa authentication login default <line>", _local),
        command("aaa authorization exec default <line>", _local),
        command("username <word> <line>", _keyed(2)),
        command("snmp-server group <word> v3 <auth|noauth|priv> read <word> access <word>", _keyed(3)),
        command("logging source-interface <interface>", setting),
        command("ntp source <interface>", setting),
        command("ip dhcp excluded-address <ip>", _each),
        command("ip dhcp excluded-address <ip> <ip>", _each),
        command("ip dhcp pool <word>", section),
        command("class-map match-any <word>", _unused(r".* \| class {}", "Class-map {} is being used")),
        command("class-map match-all <word>", _unused(r".* \| class {}", "Class-map {} is being used")),
        command(
            "class-map type inspect match-any <word>",
            _unused(r".* \| class type inspect {}", "Class-map {} is being used"),
        ),
        command("policy-map <word>", _unused(r"service-policy (input|output) {}", "Policy-map {} is being used")),
        command("policy-map type inspect <word>", _firewall),
        command(
            "zone security <word>",
            _unused(r"zone-member security {0}|zone-pair .* (source|destination) {0}( .*)?", "Zone {} is in use"),
        ),
        command(
            "zone-pair security <word> source <word> destination <word>",
            _known("zone security {}", "Zone {} is not configured", section),
        ),
        command("interface <interface>", _interface),
        command("interface gigabitethernet <port>", _interface),
        command("router bgp <as>", _bgp),
        command("ip access-list standard <word>", section),
        command("ip access-list extended <word>", section),
        command("ip prefix-list <word> seq <large> <permit|deny> <prefix>", _prefix_list),
        command("ip prefix-list <word> seq <large> <permit|deny> <prefix> le <number>", _prefix_list),
        command("route-map <word> permit <number>", section),
    ],
    "archive": SECTIONS["archive"],
    "pool": [
        *EVERYWHERE,
        command("network <ip> <ip>", setting),
        command("default-router <ip>", setting),
        command("dns-server <line>", setting),
        command("domain-name <word>", setting),
        command("option <number> <line>", _keyed(2)),
        command("lease <number>", setting),
        command("lease <number> <number>", setting),
        command("host <ip> <ip>", _reserved),
        command("client-identifier <word>", setting),
    ],
    "class": [*EVERYWHERE, command("match access-group name <word>", _each), command("match dscp <word>", _each)],
    "inspected": [
        *EVERYWHERE,
        command("match access-group name <word>", _each),
        command("match protocol <word>", _each),
    ],
    "policy": [
        *EVERYWHERE,
        command("class <word>", _known(r"class-map match-\w+ {}", "class map {} not configured", _class)),
    ],
    "mark": [*EVERYWHERE, command("set dscp <word>", setting)],
    "firewall": [
        *EVERYWHERE,
        command("class <word>", _class),
        command(
            "class type inspect <word>",
            _known(r"class-map type inspect match-\w+ {}", "class map {} not configured", _class),
        ),
    ],
    "action": [*EVERYWHERE, *(command(action, _action) for action in ACTIONS)],
    "zone": [*EVERYWHERE, command("description <line>", setting)],
    "pair": [
        *EVERYWHERE,
        command(
            "service-policy type inspect <word>",
            _known("policy-map type inspect {}", "policy map {} not configured", _keyed(3)),
        ),
    ],
    "interface": [
        *EVERYWHERE,
        *ON_AN_INTERFACE,
        command("negotiation auto", setting),
        command("lldp transmit", on_by_default),
        command("lldp receive", on_by_default),
    ],
    "sub": [*EVERYWHERE, *ON_AN_INTERFACE, command("encapsulation dot1q <number>", _encapsulation)],
    "bgp": [
        *EVERYWHERE,
        command("bgp router-id <ip>", setting),
        command("bgp log-neighbor-changes", setting),
        command("bgp default ipv4-unicast", on_by_default),
        command("address-family ipv4", _family),
        command("address-family ipv4 unicast", _family),
        command("neighbor <ip> remote-as <as>", _remote),
        command("neighbor <ip> description <line>", _neighbour()),
        command("neighbor <ip> ttl-security hops <number>", _neighbour()),
        command("neighbor <ip> password <line>", _password),
        command("neighbor <ip> fall-over bfd", _neighbour()),
        command("neighbor <ip> shutdown", _neighbour()),
        *(command(words, _of_family(run)) for words, run in OF_THE_FAMILY),
    ],
    "family": [
        *EVERYWHERE,
        command("exit-address-family", leave),
        *(command(words, run) for words, run in OF_THE_FAMILY),
    ],
    "standard": [*EVERYWHERE, *(command(words, _entry) for words in ENTRIES)],
    "extended": [*EVERYWHERE, *(command(words, _entry) for words in ENTRIES)],
    "map": [
        *EVERYWHERE,
        command("set local-preference <as>", setting),
        command("set community <line>", setting),
        command("set as-path prepend <line>", _prepend),
    ],
    "line": [
        *SECTIONS["line"],
        command("stopbits <number>", setting),
    ],
}
