"""Cisco IOS XE edge routers: what is ours, what replaces what, and what each line is about.

Sections within sections (`address-family ipv4` in BGP, the classes of a policy) are read as lines of the outer one:
`address-family ipv4 | neighbor 10.255.1.1 activate`. The planner writes them as the device wants them.

Our access lists only permit, so the order of their entries means nothing: they are read without their numbers, and a
new entry is there before an old one goes.
"""

import re
from dataclasses import replace

from hier_config import HConfig
from hier_config.child import HConfigChild
from hier_config.models import OrderingRule
from hier_config.platforms.driver_base import HConfigDriverRules
from netutils.password import decrypt_type7

from inventory.masking import SHOWN
from roles.network import cisco_ios
from roles.network.cisco_ios import CISCO_IOS
from roles.network.cisco_router_rows import BGP, FAMILY, INNER, PORT, ROWS, WITHIN
from roles.network.platform import Owned, Platform, replaces
from roles.network.router_view import view
from roles.network.routing import RouterFacts
from roles.network.untold import leave_known

TYPE_7 = re.compile(r"^( *neighbor \S+ password) 7 ([0-9A-F]+|\*\*\*)$", re.MULTILINE)
GIVEN = "network|host|client-identifier|default-router|dns-server|domain-name|lease|option 42"  # by DHCP
NESTED = ("router bgp ", "policy-map ")
OF_FAMILY = r"network |neighbor \S+ (activate|send-community|prefix-list|route-map|maximum-prefix)\b"


class Driver(cisco_ios.Driver):
    """That of a switch, with what only routers have."""

    @staticmethod
    def config_preprocessor(config_text: str) -> str:
        """Keys are compared as they were given: type 7 hides them from nobody, and is another text each time."""
        text = cisco_ios.Driver.config_preprocessor(config_text)
        text = re.sub(rf"^( ?{FAMILY}) unicast$", r"\1", text, flags=re.MULTILINE)
        return TYPE_7.sub(lambda found: f"{found[1]} {_plain(found[2])}", text)

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        rules = cisco_ios.Driver._instantiate_rules()
        rules.idempotent_commands.extend(
            [
                replaces("aaa authentication login default "),
                replaces("aaa authorization exec default "),
                replaces("(ntp source|logging source-interface) "),
                replaces("interface ", "encapsulation dot1Q "),
                replaces("interface ", r"(zone-member security|bfd interval|ip verify unicast) "),
                replaces("interface ", r"service-policy input "),
                replaces("interface ", r"ip access-group \S+ in"),
                replaces("zone-pair ", r"service-policy type inspect "),
                replaces("policy-map ", rf"class (.+?){re.escape(WITHIN)}set dscp "),
                replaces("ip dhcp pool ", rf"({GIVEN}) "),
                replaces("route-map ", "set local-preference "),
                replaces("router bgp ", "bgp router-id "),
                replaces("router bgp ", r"neighbor (\S+) (remote-as|description|password) "),
                replaces("router bgp ", rf"{FAMILY} \| neighbor (\S+) maximum-prefix "),
                replaces("router bgp ", rf"{FAMILY} \| neighbor (\S+) (?:prefix-list|route-map) \S+ (in|out)"),
            ]
        )
        named = {callback.__name__: callback for callback in rules.post_load_callbacks}
        del named["split_vlan_id_lists"]
        rules.post_load_callbacks[:] = [*named.values(), _flatten, _into_family]
        rules.ordering[:] = list[OrderingRule]()  # the planner has the order
        return rules


def _plain(hidden: str) -> str:
    """A key of type 7 as it was given, or as it stands where it is none. History has no key at all."""
    if hidden == SHOWN:
        return hidden
    try:
        return str(decrypt_type7(hidden))
    except (ValueError, IndexError):
        return f"7 {hidden}"


def _flatten(config: HConfig) -> None:
    """Lines of a section within a section become lines of the outer one."""
    for section in config.children:
        if not section.text.startswith(NESTED):
            continue
        for inner in list(section.children):
            if inner.children:
                lines = [f"{inner.text}{WITHIN}{line.text}" for line in inner.children]
                inner.delete()
                for line in lines:
                    section.add_child(line)


def _into_family(config: HConfig) -> None:
    """A router that has one address family only prints its lines without naming it, and without `activate`."""
    for section in config.get_children(startswith="router bgp "):
        lines = [line.text for line in section.children]
        if any(line.startswith(FAMILY) for line in lines) or "no bgp default ipv4-unicast" in lines:
            continue
        for line in [line for line in section.children if re.match(OF_FAMILY, line.text)]:
            line.delete()
            section.add_child(f"{FAMILY}{WITHIN}{line.text}")
        for text in lines:
            if found := re.fullmatch(r"neighbor (\S+) remote-as \d+", text):
                section.add_child(f"{FAMILY}{WITHIN}neighbor {found[1]} activate", return_if_present=True)


def refine(running: HConfig, remediation: HConfig) -> None:
    """What the rules cannot say: what goes along by itself, and secrets that are not shown."""
    leave_known(remediation, running, cisco_ios.SNMP_SECRET)
    for section in remediation.get_children(startswith="router bgp "):
        _neighbours_go_whole(section)
    for section in remediation.get_children(startswith="policy-map "):
        before = running.get_child(equals=section.text)
        _classes_go_whole(section, [line.text for line in before.children] if before else [])


def _neighbours_go_whole(section: HConfigChild) -> None:
    """Without `remote-as` a neighbour is nothing, and IOS takes no line about it."""
    lines = list(section.children)
    gone = {found[1] for line in lines if (found := re.fullmatch(r"no neighbor (\S+) remote-as \d+", line.text))}
    for line in lines:
        found = re.search(r"\bneighbor (\S+) ", line.text)
        if found and found[1] in gone and " remote-as " not in line.text:
            line.delete()


def _classes_go_whole(section: HConfigChild, had: list[str]) -> None:
    """A class of which no line is left goes by its name."""
    goes = {line.text.removeprefix("no ") for line in section.children if line.text.startswith("no ")}
    stays = {_class(line) for line in had if line not in goes}
    stays |= {_class(line.text) for line in section.children if not line.text.startswith("no ")}
    for line in list(section.children):
        opener = _class(line.text.removeprefix("no "))
        if WITHIN in line.text and opener not in stays:
            line.delete()
            section.add_child(f"no {opener}", return_if_present=True)


def _class(line: str) -> str:
    return line.partition(WITHIN)[0]


OURS = (
    r"description |ip address |shutdown$|zone-member security |bfd |no bfd echo|no lldp |no ip (redirects|proxy-arp)$"
)
CISCO_ROUTER: Platform = replace(
    CISCO_IOS,
    name="cisco_ios_router",
    driver=Driver,
    owned=(
        Owned(
            r"interface [A-Z]\w+[\d/]+\.\d+",
            lines=rf"{OURS}|encapsulation dot1Q |ip (verify unicast|access-group) |service-policy input ",
            removed=True,
        ),
        Owned(PORT, lines=OURS),
        Owned(r"line (con 0|vty \d+ \d+)", lines=r"access-class |exec-timeout |transport input "),
        Owned(
            rf"hostname \S+|banner login .*|(?:no )?(?:{cisco_ios.SWITCHES})|ip ssh version \d|login block-for .*"
            r"|logging host \S+|aaa new-model|aaa (authentication login|authorization exec) default .*"
            r"|ip bgp-community new-format"
        ),
        Owned(r"snmp-server (view|group) SUPERVISION .*|snmp-server user supervision-.*", removed=True),
        Owned(r"(ntp source|logging source-interface) \S+", removed=True),
        Owned(r"ntp server \S+|ip prefix-list RESINA-(IN|OUT) seq .*|ip dhcp excluded-address .*", removed=True),
        Owned(r"archive", lines=r"path |maximum "),
        Owned(
            r"ip access-list (standard (BASTIONS|READERS)|extended (SWITCHES|NOWHERE|MARK-\S+))", removed=True, lines=""
        ),
        Owned(r"route-map RESINA-\S+ permit \d+", lines=r"set (local-preference|community|as-path) ", removed=True),
        Owned(r"class-map (type inspect )?match-(any|all) (MARK-\S+|OUTWARD|SWITCHES)", lines="match ", removed=True),
        Owned(r"policy-map (MARK-\S+|type inspect (OUTWARD|SWITCHES))", lines="class ", removed=True),
        Owned(r"zone security (RESINA|LAN-\S+)", lines="", removed=True),
        Owned(r"zone-pair security (FROM|TO)-\S+ source .*", lines="service-policy type inspect ", removed=True),
        Owned(r"ip dhcp pool \S+", lines=rf"({GIVEN}) ", removed=True),
        Owned(
            BGP,
            lines=rf"bgp (router-id |log-neighbor-changes$)|no bgp default ipv4-unicast$|neighbor "
            rf"|{INNER}(network|neighbor) ",
        ),
    ),
    ordinary=CISCO_IOS.ordinary
    + r"|(boot-|license|diagnostic|memory|platform|redundancy|negotiation|media-type|ip forward)",
    # It says so of a class that is for all protocols, and of a sub-interface that goes, and is content.
    error=CISCO_IOS.error.replace(
        "Warning:|", "Warning:|No specific protocol configured| Not all config may be removed|"
    ).replace("Bad mask", "BGP is already running.*|Bad mask"),
    refine=refine,
    switch=None,
    router=RouterFacts(
        view=view,
        rows=ROWS,
        opens=r"(interface|line|archive|ip access-list|route-map|(class|policy)-map|zone|zone-pair|ip dhcp pool|router)"
        r"( .*)?",
        leave="exit",
        leave_inner={"address-family": "exit-address-family"},
        within=WITHIN,
        filters=r"(no )?(ip prefix-list |set (local-preference|community|as-path) "
        r"|neighbor \S+ (prefix-list|route-map) ).*",
        again="do clear ip bgp * soft",
    ),
)
