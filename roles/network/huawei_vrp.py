"""Huawei VRP access switches (S series, V200: lines act at once): what is ours, what replaces what, and why.

Wordings that come from documents and transcripts only, and not from hardware of ours, are listed in README.md.
"""

import re
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from hier_config import HConfig
from hier_config.child import HConfigChild
from hier_config.models import FullTextSubRule, PerLineSubRule
from hier_config.platforms.driver_base import HConfigDriverRules
from hier_config.platforms.huawei_vrp.driver import HConfigDriverHuaweiVrp

from roles.network.dialogue import Dialogue
from roles.network.guard import ScheduledRestart
from roles.network.huawei_ports import ALLOW, as_sets, carries, in_order
from roles.network.huawei_session import HuaweiSession
from roles.network.huawei_vlans import parsed
from roles.network.platform import About, Owned, Platform, Row, Sections, SwitchFacts, View, replaces
from roles.network.shown import Host, Membership, Show, Shown
from roles.network.tables import rows
from roles.network.untold import leave_known

MAC_TABLE, VLANS, PORTS = "display mac-address", "display vlan", "display port vlan"
KINDS = {"GE": "GigabitEthernet", "XGE": "XGigabitEthernet", "Eth": "Ethernet"}
# Apr 25 2026 10:00:01-08:00 sw1 %%01IFNET/4/IF_STATE(l)[0]:… ; older ones begin with # or %
LOGGED = r"^[#%]?[A-Z][a-z]{2} +\d+ \d{4} [\d:.+-]+(?: DST)? \S+ (?:%%\d+)?\w+/\d/\S+.*\n?"
SNMP_SECRET = re.compile(r"(snmp-agent usm-user v3 \S+ (?:authentication|privacy)-mode \S+ cipher) .*")
VERSIONS = "snmp-agent sys-info version "
# On or off; the line says which.
SWITCHES = r"(?:http|telnet|stelnet) server enable|lldp enable"
# What a negation names, where that is less than the whole line.
NEGATED = (
    r"(storm-control \w+) min-rate .*",
    r"(storm-control action) \S+",
    r"(dhcp snooping check dhcp-rate|port-security max-mac-num) \d+",
    r"(port-security aging-time) .*",
    r"(stp instance 0 priority) .*",
    r"(error-down auto-recovery cause \S+) .*",
    r"(rule \d+) .*",
    r"(traffic (?:classifier|policy) \S+) .*",
    r"(traffic-policy) \S+ (inbound)",
    r"(remark dscp) \S+",
    r"(snmp-agent usm-user v3 \S+) group \S+",
    r"(snmp-agent group v3 \S+ \S+) .*",
    r"(snmp-agent mib-view) \S+ (\S+) .*",
    r"(snmp-agent community (?:read|write) (?:cipher )?\S+).*",
    r"(port link-type|port default vlan|port (?:trunk|hybrid) pvid vlan|stp edged-port) \S+",
    r"(ip route-static (?:\S+ ){2}\S+).*",
    r"(sysname|protocol inbound|authentication-mode|idle-timeout) .*",
)
# Negations that are spelled in another way.
OTHERWISE = (
    (r"port hybrid (?:un)?tagged vlan (\d+)", r"undo port hybrid vlan \1"),
    (r"undo port hybrid vlan 1", "port hybrid untagged vlan 1"),
    (r"voice-vlan \d+ enable", "undo voice-vlan enable"),
)


class Driver(HConfigDriverHuaweiVrp):
    """hier_config's driver, which knows what replaces what. The planner decides the order."""

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        rules = HConfigDriverHuaweiVrp._instantiate_rules()
        rules.idempotent_commands.extend(
            [
                replaces("sysname "),
                replaces("stp (mode|instance 0 priority) "),
                replaces(rf"(?:undo )?({SWITCHES})$"),
                replaces("(header login) "),
                replaces(r"error-down auto-recovery cause (\S+) "),
                replaces("acl number ", r"rule (\d+) "),
                replaces("(snmp-agent sys-info version) "),
                replaces(r"snmp-agent (usm-user v3 \S+ \S+) "),
                replaces(r"snmp-agent (group v3 \S+) "),
                replaces("interface ", r"(storm-control \w+|port-security (?:max-mac-num|aging-time)) "),
                replaces("interface ", r"(dhcp snooping check dhcp-rate) \d"),
                replaces("interface ", "(?:undo )?(lldp enable)$"),
                replaces("vlan ", "description "),
                replaces("interface ", "description "),
                replaces("interface ", "port link-type "),
                replaces("interface ", "port default vlan "),
                replaces("interface ", "port (trunk|hybrid) pvid vlan "),
                replaces("interface ", "(voice-vlan) "),
                replaces("interface ", f"{ALLOW} exactly"),
                replaces("user-interface ", "(protocol inbound|authentication-mode|idle-timeout) "),
                replaces("traffic behavior ", "(remark dscp) "),
                replaces("interface Vlanif", r"(ip address )\S+ \S+$"),
            ]
        )
        rules.full_text_sub.append(FullTextSubRule(search=r"\n[ \t]+(?=\d[\d to]*(?:\r?\n|$))", replace=" "))  # wrapped
        rules.per_line_sub.append(PerLineSubRule(search=r"^return\s*$", replace=""))
        # Older releases number classifiers.
        rules.per_line_sub.append(
            PerLineSubRule(search=r"^( ?(?:traffic )?classifier .*) precedence \d+$", replace=r"\1")
        )
        # Some releases say of a user first that there is one.
        rules.per_line_sub.append(PerLineSubRule(search=r"^ *snmp-agent usm-user v3 \S+\s*$", replace=""))
        rules.post_load_callbacks.extend([_each_vlan, as_sets])
        return rules

    def swap_negation(self, child: HConfigChild) -> HConfigChild:
        """VRP refuses a negation that names a value where it wants none."""
        for pattern, negation in OTHERWISE:
            if re.fullmatch(pattern, child.text):
                child.text = re.sub(pattern, negation, child.text)
                return child
        for pattern in NEGATED:
            if found := re.fullmatch(pattern, child.text):
                child.text = f"{self.negation_prefix}{' '.join(found.groups())}"
                return child
        return super().swap_negation(child)


def _each_vlan(config: HConfig) -> None:
    """`vlan batch 10 20 to 22` says which VLANs there are; each may have a section of its own besides."""
    for line in list(config.get_children(startswith="vlan batch ")):
        for vlan in sorted(parsed(line.text) - {1}):
            if config.get_child(equals=f"vlan {vlan}") is None:
                config.add_child(f"vlan {vlan}")
        line.delete()


def refine(running: HConfig, remediation: HConfig) -> None:
    """What the rules cannot say: ports, and SNMP."""
    in_order(running, remediation)
    leave_known(remediation, running, SNMP_SECRET)
    for line in list(remediation.children):  # a user goes with all that is said of it
        if found := re.fullmatch(r"(undo snmp-agent usm-user v3 \S+) (?:authentication|privacy)-mode .*", line.text):
            line.delete()
            remediation.add_child(found[1], return_if_present=True)
    said = running.get_child(startswith=VERSIONS)
    spoken = set(said.text.removeprefix(VERSIONS).split()) if said else set()
    if (wanted := remediation.get_child(equals=f"{VERSIONS}v3")) and spoken:  # a line adds, and takes nothing away
        if spoken & {"v3", "all"}:
            wanted.delete()
        others = [each for each in ("v1", "v2c") if spoken & {each, "all"}]
        remediation.add_children(f"undo {VERSIONS}{each}" for each in others)


def view(sections: Sections) -> View:
    """What a configuration means for whoever reaches the switch."""
    addresses = {}
    for header, texts in sections.items():
        found = re.fullmatch(r"interface Vlanif(\d+)", header)
        address = next((line for line in texts if re.fullmatch(r"ip address [\d.]+ [\d.]+", line)), None)
        if found and address and "shutdown" not in texts:
            addresses[int(found[1])] = IPv4Interface("/".join(address.split()[2:4]))
    users = [line.split()[1] for line in sections.get("aaa", ()) if line.startswith("local-user ")]
    return View(
        vlans=frozenset({1} | {int(header.split()[1]) for header in sections if re.fullmatch(r"vlan \d+", header)}),
        ports={
            header.split()[1]: carries(texts, "stp bpdu-protection" in sections)
            for header, texts in sections.items()
            if re.match(ANY_PORT, header)
        },
        addresses=addresses,
        gateway=_gateway(sections, addresses),
        users=frozenset(users),
        admits=any(re.fullmatch(r"(stelnet|telnet) (ipv4 )?server enable", header) for header in sections),
    )


def _gateway(sections: Sections, addresses: dict[int, IPv4Interface]) -> IPv4Address | None:
    """The next hop of a default route: of several, one that is in a network of ours."""
    lines = [line for line in sections if re.match(r"ip route-static 0\.0\.0\.0 (0\.0\.0\.0|0) ", line)]
    found = [
        IPv4Address(hop) for line in lines for hop in re.findall(r"\b(?:\d+\.){3}\d+\b", line.split(" ", 4)[4])[:1]
    ]
    near = [hop for hop in found if any(hop in address.network for address in addresses.values())]
    return next(iter([*near, *found]), None)


def hosts(table: str) -> list[Host]:
    """Who the switch knows to be there, by its table of addresses."""
    return [
        Host(int(row["vlan_id"]), row["destination_address"], _full(row["destination_port"]))
        for row in rows("huawei_vrp", MAC_TABLE, table)
    ]


def _full(port: str) -> str:
    """GE0/0/1 is GigabitEthernet0/0/1, as the configuration has it."""
    letters = port.rstrip("0123456789/.")
    return KINDS.get(letters, letters) + port[len(letters) :]


def shown(show: Show) -> Shown:
    """Its VLANs and the membership of its ports. A VLAN's name is its description."""
    vlans, ports = (rows("huawei_vrp", command, show(command)) for command in (VLANS, PORTS))
    return Shown(
        vlans={int(row["vlan_id"]): row["vlan_description"] for row in vlans},
        ports={row["interface"]: _membership(row) for row in ports},
    )


def _membership(row: dict[str, Any]) -> Membership:
    if row["link_type"] != "trunk":
        return Membership(trunk=False, access=int(row["vlan_id"] or 0))
    return Membership(trunk=True, tagged=parsed(" ".join(row["trunk_vlan_list"]).replace("-", " to ")))


PORT = r"interface (?P<port>(Ethernet|GigabitEthernet|XGigabitEthernet|MultiGE|40GE|100GE)\S+)"
ANY_PORT = r"interface (?!Vlanif|LoopBack|NULL|MEth|Tunnel|Console)\S+$"  # a bundle may carry us too
SVI = r"interface Vlanif(?P<vlan>\d+)"
GATEWAY = r"ip route-static 0\.0\.0\.0 0\.0\.0\.0 (?P<value>[\d.]+)"
LOGIN = r"(stelnet|telnet|ssh|user-interface|acl) .*"
ROWS = (
    Row(About.IDENTITY, "", "sysname (?P<value>.*)", "its name"),
    Row(About.VLAN, r"vlan (?P<vlan>\d+)", "description (?P<value>.*)", "name of VLAN {vlan}"),
    Row(About.VLAN, r"vlan (?P<vlan>\d+)", "undo description", "VLAN {vlan} has no name"),
    Row(About.VLAN, "", r"vlan (?P<vlan>\d+)", "VLAN {vlan} is intended"),
    Row(About.IDENTITY, "", "header login .*", "what is said to whoever comes"),
    Row(About.IDENTITY, "", "dhcp enable", "without it DHCP is not watched either", rank=6),
    Row(About.IDENTITY, "", "dhcp snooping enable", "DHCP may be watched, VLAN by VLAN", rank=7),
    Row(About.GUARDS, r"vlan (?P<vlan>\d+)", "dhcp snooping enable", "DHCP servers are only behind trusted ports"),
    Row(About.GUARDS, r"vlan (?P<vlan>\d+)", "undo dhcp snooping enable", "no longer watched"),
    Row(About.IDENTITY, "", r"user-bind static .*", "a host whose address is not from DHCP", rank=8),
    Row(About.GUARDS, "", r"undo user-bind static .*", "no longer intended", rank=7),
    Row(About.GUARDS, PORT, "arp anti-attack .*", "nobody takes the address of somebody else", rank=3),
    Row(About.TRUNK_GAINS, PORT, rf"{ALLOW} .*", "VLANs that come"),
    Row(About.TRUNK_GAINS, PORT, "port hybrid (un)?tagged vlan .*", "a VLAN that comes"),
    Row(About.TRUNK_LOSES, PORT, "undo port hybrid vlan .*", "a VLAN that nobody intends on it"),
    # What only lets through goes out before what holds back: our own way leads over a port that is trusted.
    Row(About.TRUNK_GAINS, PORT, "dhcp snooping trusted", "what is behind it is believed"),
    Row(
        About.TRUNK_GAINS,
        "acl number 2097",
        r"rule \d+ permit source (?P<value>\S+) .*",
        "it may read how the switch fares",
    ),
    Row(About.TRUNK_GAINS, "acl number 2097", r"rule \d+ deny", "and nobody else", rank=9),
    Row(About.TRUNK_GAINS, r"acl number \d+", r"rule \d+ permit source (?P<value>\S+) .*", "a bastion: it may log in"),
    # What ports refer to is there before they do, and goes after them.
    Row(
        About.IDENTITY,
        r"traffic classifier marks-\d+ .*",
        r"if-match vlan-id (?P<vlan>\d+)",
        "what comes in VLAN {vlan}",
    ),
    Row(About.IDENTITY, "traffic classifier .*", "if-match any", "everything else"),
    Row(About.IDENTITY, "traffic behavior .*", "remark dscp default", "a mark that a desk gave itself is gone"),
    Row(About.IDENTITY, "traffic behavior .*", "remark dscp (?P<value>.*)", "its mark"),
    Row(About.IDENTITY, "", "traffic (classifier|behavior) .*", "intended"),
    Row(About.VLAN, "traffic policy .*", "classifier .*", "each has its mark; the first that fits holds"),
    Row(About.REFERRED_GOES, "", "undo traffic policy .*", "no longer intended", rank=8),
    Row(About.REFERRED_GOES, "", "undo traffic (classifier|behavior) .*", "no longer intended", rank=9),
    Row(About.PORT, PORT, "traffic-policy marks inbound", "its marks are ours, not its own", rank=5),
    Row(About.TRUNK_LOSES, PORT, rf"undo {ALLOW} .*", "VLANs that nobody intends on it"),
    Row(About.PORT, PORT, "shutdown", "not in use", rank=0),
    Row(About.PORT, PORT, "description (?P<value>.*)", "what is at its other end", rank=1),
    Row(
        About.PORT, PORT, "undo port (default|trunk|hybrid) .*", "as from the factory, before its kind changes", rank=2
    ),
    Row(About.PORT, PORT, "port link-type (?P<value>.*)", "access port or trunk", rank=3),
    Row(About.PORT, PORT, "port default vlan (?P<value>.*)", "the VLAN of what is plugged in", rank=4),
    Row(About.PORT, PORT, "voice-vlan (?P<value>\\d+) enable", "telephones, tagged", rank=5),
    Row(About.PORT, PORT, "port (trunk|hybrid) pvid vlan (?P<value>.*)", "the VLAN of frames without tag", rank=4),
    Row(About.PORT, PORT, "stp edged-port enable", "it forwards at once: no switch is behind it", rank=5),
    Row(About.PORT, PORT, "stp root-protection", "the root of the spanning tree is never there", rank=5),
    Row(About.PORT, PORT, "dhcp snooping check dhcp-rate enable", "DHCP packets are counted", rank=4),
    Row(About.PORT, PORT, "dhcp snooping check dhcp-rate (?P<value>.*)", "DHCP packets a second", rank=5),
    Row(About.PORT, PORT, "storm-control action (?P<value>.*)", "and what sends one is shut", rank=6),
    Row(About.PORT, PORT, "storm-control (?P<what>\\w+) (?P<value>.*)", "a storm is no more than that", rank=5),
    Row(About.PORT, PORT, "port-security enable", "a flood of MAC addresses stops there", rank=4),
    Row(About.PORT, PORT, "port-security (?P<what>\\S+) (?P<value>.*)", "of its MAC addresses", rank=5),
    Row(About.PORT, PORT, "undo lldp enable", "it tells a desk nothing of the network", rank=5),
    Row(About.PORT, PORT, "lldp enable", "its neighbour is checked against the inventory", rank=5),
    Row(About.PORT, PORT, "undo (port-security|dhcp snooping check dhcp-rate) enable", "no longer intended", rank=7),
    Row(About.PORT, PORT, "undo shutdown", "in use again", rank=7),
    Row(About.PORT, PORT, "undo .*", "no longer intended", rank=6),
    Row(About.PORT, PORT, ".*", "intended"),
    Row(About.INTERFACE, SVI, "ip address (?P<value>.*)", "the switch's own address", rank=2),
    Row(About.INTERFACE_GOES, SVI, "undo ip address.*", "no address in VLAN {vlan}", rank=3),
    Row(About.INTERFACE, SVI, "shutdown", "VLAN {vlan} does not reach the switch itself", rank=4),
    Row(About.INTERFACE, SVI, "undo shutdown", "VLAN {vlan} reaches the switch itself", rank=7),
    Row(About.INTERFACE, SVI, ".*", "intended"),
    Row(About.INTERFACE, "", SVI, "the switch itself is in VLAN {vlan}"),
    Row(About.INTERFACE_GOES, "", f"undo {SVI}", "no longer intended"),
    Row(About.VLAN_GOES, "", r"undo vlan (?P<vlan>\d+)", "no longer intended; its ports have moved"),
    Row(About.GATEWAY, "", f"{GATEWAY}.*", "the way back to the bastion"),
    Row(About.GATEWAY, "", f"undo {GATEWAY}", "no longer the way back", rank=6),
    Row(About.TREE, "", "undo stp (mode|instance) .*", "no longer intended"),
    Row(About.TREE, "", "stp mode (?P<value>.*)", "it heals in a second: the tree begins anew", rank=2),
    Row(About.TREE, "", "stp instance 0 priority (?P<value>.*)", "the lowest is the root", rank=3),
    Row(About.LOGIN, "user-interface vty .*", "undo .*", "no longer intended", rank=6),
    Row(About.LOGIN, "user-interface vty .*", "idle-timeout .*", "a session that somebody forgot ends"),
    Row(About.LOGIN, "user-interface vty .*", "acl .*", "only from the bastions"),
    Row(About.LOGIN, "user-interface vty .*", ".*", "who may log in"),
    Row(About.LOGIN, "aaa", "undo .*", "no longer intended", rank=6),
    Row(About.LOGIN, "aaa", ".*", "who may log in"),
    Row(About.LOGIN, "", "undo telnet server enable", "nobody logs in without encryption", rank=6),
    Row(About.LOGIN, "", f"undo {LOGIN}", "no longer intended", rank=6),
    Row(About.LOGIN, "", LOGIN, "who may log in"),
    # A user without its group may read nothing: it comes last, and its group goes after it.
    Row(About.OTHER, "", "snmp-agent", "it answers whoever monitors it", rank=5),
    Row(About.OTHER, "", "undo snmp-agent sys-info version .*", "SNMP version 3 alone", rank=10),
    Row(About.OTHER, "", "snmp-agent sys-info version .*", "SNMP version 3 alone", rank=5),
    Row(About.OTHER, "", "snmp-agent mib-view .*", "what may be read of the switch", rank=5),
    Row(
        About.OTHER, "", "snmp-agent group .*", "only with authentication and privacy, from there, and to read", rank=6
    ),
    Row(About.OTHER, "", r"snmp-agent usm-user v3 \S+ group .*", "the one who reads", rank=7),
    Row(About.OTHER, "", "snmp-agent usm-user .*", "its secrets are this switch's own", rank=8),
    Row(About.OTHER, "", "undo snmp-agent usm-user .*", "its secrets are others now, or nobody reads any more", rank=9),
    Row(
        About.OTHER,
        "",
        "undo snmp-agent community .*",
        "SNMP version 3 alone: a community is a password in clear",
        rank=10,
    ),
    Row(About.OTHER, "", "undo snmp-agent (group|mib-view) .*", "no longer intended", rank=10),
    Row(About.OTHER, "", "stp bpdu-protection", "a switch plugged into an edge port is shut out"),
    Row(About.OTHER, "", "lldp enable", "its neighbours are checked against the inventory"),
    Row(About.OTHER, "", "undo http server enable", "it is managed over SSH alone"),
    Row(About.OTHER, "", "error-down auto-recovery cause .*", "a port that was shut for it opens after 5 minutes"),
    Row(About.OTHER, "", "ntp-service unicast-server .*", "the domain controllers have the time"),
    Row(About.OTHER, "", "info-center loghost .*", "its log is kept elsewhere too"),
)


def _restart(minutes: int) -> Dialogue:
    """A restart in so many minutes. What runs is never saved by it: going back is the point."""
    questions = {r"(?i:saved?\b[^?]*\?\s*\[Y/N\])\s*:?\s*$": "n", r"(?i:confirm\?\s*\[Y/N\])\s*:?\s*$": "y"}
    return Dialogue(f"schedule reboot delay {minutes}", r"(?i)reboot system (at|for)\b", questions)


HUAWEI_VRP = Platform(
    name="huawei_vrp",
    netmiko="huawei",
    session=HuaweiSession,
    driver=Driver,
    owned=(
        Owned(
            rf"sysname \S+|stp (bpdu-protection|mode \S+)|snmp-agent( sys-info version .*)?"
            rf"|header login .*|dhcp (snooping )?enable|(undo )?({SWITCHES})"
        ),
        Owned(
            r"stp instance 0 priority \d+|error-down auto-recovery cause .*|ntp-service unicast-server \S+"
            r"|snmp-agent (mib-view included|group v3|usm-user v3) supervision.*|snmp-agent community .*"
            r"|info-center loghost \S+|user-bind static ip-address \S+ vlan \d+"
            r"|ip route-static 0\.0\.0\.0 0\.0\.0\.0 \d+\.\S+( .*)?",
            removed=True,
        ),
        Owned(r"vlan (?!1$)\d+", lines=r"description |dhcp snooping enable$", removed=True),
        Owned(
            PORT,
            lines=r"description |(undo )?port (link-type|default|trunk|hybrid) |shutdown$|stp (edged-port|root)"
            r"|dhcp snooping (trusted|check dhcp-rate)|arp anti-attack check user-bind enable$|storm-control "
            r"|port-security |voice-vlan |undo lldp enable$|traffic-policy ",
        ),
        Owned(r"interface Vlanif\d+", lines=r"description |ip address \S+ \S+$|shutdown$", removed=True),
        Owned(r"traffic classifier marks-.*", lines="if-match ", removed=True),
        Owned(r"traffic behavior marks-.*", lines="remark ", removed=True),
        Owned(r"traffic policy marks .*", lines="classifier ", removed=True),
        Owned(r"acl number 209[78]", lines=r"rule ", removed=True),
        Owned(r"user-interface vty \d+ \d+", lines=r"acl |authentication-mode |idle-timeout |protocol inbound "),
    ),
    ordinary=(
        r"(undo info-center|snmp-agent local-engineid|set |drop-profile|vlan batch|cluster|ntdp|ndp|aaa$|user-interface"
        r"|authentication-(scheme|mode (local|aaa))|authorization-scheme|accounting-scheme|domain) ?"
    ),
    error=r"^ *Error:.*$",
    running="display current-configuration",
    startup="display saved-configuration",
    nothing_saved=r"(?i)\A\s*Error: .*configuration file",
    save=Dialogue(
        "save",
        r"(?i)sav[^\n]*\bsuccessfully",
        {r"\[[Yy]/[Nn]\]\s*:?\s*$": "y", r"input the file name[^\n]*:\s*$": ""},
        read_timeout=120.0,  # a small switch takes its time
    ),
    refine=refine,
    logged=LOGGED,
    switch=SwitchFacts(
        view=view,
        rows=ROWS,
        opens=r"(vlan \d+|interface \S+|acl number \d+|user-interface .*|aaa|traffic .*)",
        leave="quit",
        finish="return",
        mac_table=MAC_TABLE,
        hosts=hosts,
        shown=shown,
        negation="undo",
        at_once=r"(undo )?port link-type.*",
    ),
    guard=ScheduledRestart(
        schedule=_restart,
        call_off=Dialogue("undo schedule reboot"),
        pending="display schedule reboot",
        none=r"(?si)\A(?!.*(reboot (system )?(at|for|in)\b|error))",
    ),
)
