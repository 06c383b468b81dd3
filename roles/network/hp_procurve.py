"""HP ProCurve (ProVision, AOS-S) access switches: what is ours, what replaces what, and what each line is about.

It speaks of the ports of a VLAN. We compare the VLANs of a port, as hier_config does (`interface 5`/`untagged vlan
20`), then say it in the switch's way (`vlan 20`/`untagged 5`), which every release takes.
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Interface
from itertools import groupby

from hier_config import HConfig
from hier_config.child import HConfigChild
from hier_config.models import MatchRule, NegationDefaultWithRule, PerLineSubRule
from hier_config.platforms.driver_base import HConfigDriverRules
from hier_config.platforms.hp_procurve.driver import HConfigDriverHPProcurve
from hier_config.platforms.hp_procurve.functions import hp_procurve_expand_range
from ntc_templates.parse import parse_output

from roles.network.dialogue import Dialogue
from roles.network.guard import ScheduledRestart
from roles.network.hp_session import ProCurveSession
from roles.network.platform import (
    About,
    Owned,
    Platform,
    PortView,
    Row,
    Sections,
    SwitchFacts,
    View,
    replaces,
)
from roles.network.shown import Host, Membership, Show, Shown
from roles.network.untold import leave_known

MAC_TABLE = "show mac-address"
DSCP = {"ef": 46, "af41": 34, "af31": 26, "af21": 18, "af11": 10}  # some releases print them as six bits
MEMBERSHIP = "show vlans ports all detail"
LEASED = IPv4Interface("0.0.0.0/32")  # an address that the configuration does not say: it comes by DHCP
BANNER = re.compile(r'^banner motd "(.*?)"[^\n]*$', re.DOTALL | re.MULTILINE)
HIDDEN = "\0"  # hier_config takes a line that begins with "banner" for the first of many
ONE = r"(?:\d+/)?[A-Z]?\d+"  # a port; Trk1, which is several, is somebody else's
# Settings of ports that stand outside of them, with a list: `spanning-tree 1-4 root-guard`.
OUTSIDE = (
    "aaa port-access authenticator|aaa port-access mac-based|spanning-tree|port-security|fault-finder broadcast-storm"
    "|lldp admin-status|dhcp-snooping trust|arp-protect trust"
)
WATCHED = "dhcp-snooping|arp-protect"
# Without `include-credentials` a user is shown by its name alone, with it by what the switch made of its secrets.
SNMP_SECRET = re.compile(r'(snmpv3 user "[^"]+")(?: .*)?')
RADIUS_KEY = re.compile(r"(radius-server host \S+)(?: (?:encrypted-)?key .*)?")
EDGE = "admin-edge-port|bpdu-protection|root-guard"
LOGGED = r"[IWMDE] \d\d/\d\d/\d\d \d\d:\d\d:\d\d \d{5} "  # I 01/01/90 00:00:16 00076 ports: port 5 is now on-line


class Driver(HConfigDriverHPProcurve):
    """hier_config's driver, without what says nothing. The planner decides the order."""

    @staticmethod
    def config_preprocessor(config_text: str) -> str:
        """A banner becomes one line."""
        return BANNER.sub(lambda banner: f'{HIDDEN}banner motd "{" ".join(banner[1].split())}"', config_text)

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        rules = HConfigDriverHPProcurve._instantiate_rules()
        rules.idempotent_commands.extend(
            [
                replaces("hostname "),
                replaces("ip default-gateway "),
                replaces("vlan ", "name "),
                replaces("vlan ", "qos dscp "),
                replaces(f"{HIDDEN}banner "),
                replaces("spanning-tree priority "),
                replaces("console idle-timeout "),
                replaces("timesync "),
                replaces(r"radius-server host (\S+)"),
                replaces("interface ", r"aaa port-access (\S+ (?:unauth-vid|client-limit)) "),
                replaces(r'snmpv3 user ("\S+")'),
                replaces("interface ", "(port-security|fault-finder broadcast-storm) "),
            ]
        )
        rules.negate_with.append(
            NegationDefaultWithRule(
                match_rules=(MatchRule(startswith="vlan "), MatchRule(equals="ip address dhcp-bootp")),
                use="no ip address",
            )
        )
        rules.negate_with.append(
            NegationDefaultWithRule(
                match_rules=(MatchRule(startswith="interface "), MatchRule(equals="lldp admin-status disable")),
                use="lldp admin-status txrx",
            )
        )
        rules.post_load_callbacks.append(_by_port)
        noise = (
            r"^\s*[;#!].*",
            r"^(Running|Startup) configuration:.*",
            r"^\s*exit\s*$",
            r"^\s+no (untagged|tagged) .*",  # what is in another VLAN is not in this one
            r"^\s+no ip address\s*$",
            r"\s+$",
        )
        rules.per_line_sub[:] = [PerLineSubRule(search="|".join(f"(?:{each})" for each in noise), replace="")]
        return rules

    def swap_negation(self, child: HConfigChild) -> HConfigChild:
        """A user of SNMP goes by its name, a mark without its value."""
        known = SNMP_SECRET.fullmatch(child.text) or RADIUS_KEY.fullmatch(child.text)
        if found := known or re.fullmatch(r"(qos dscp) \S+", child.text):
            child.text = f"no {found[1]}"
            return child
        return super().swap_negation(child)


def _by_port(config: HConfig) -> None:
    """What is said of ports outside of them, in each of them; sets of VLANs one by one; marks by their names."""
    for vlan in config.get_children(startswith="vlan "):
        for line in vlan.get_children(re_search=r"^qos dscp [01]{6}$"):
            bits = int(line.text.split()[-1], 2)
            line.text = f"qos dscp {next((name for name, each in DSCP.items() if each == bits), bits)}"
    for line in list(config.children):
        if found := re.fullmatch(rf"({OUTSIDE}) ([A-Z]?\d[\dA-Z,/-]*)(?: (.*))?", line.text):
            several = found[3].split() if found[3] and re.fullmatch(rf"((?:{EDGE}) ?)+", found[3]) else [found[3] or ""]
            for port in hp_procurve_expand_range(found[2]):
                for setting in several:
                    config.add_children_deep((f"interface {port}", f"{found[1]} {setting}".strip()))
        elif found := re.fullmatch(rf"({WATCHED}) vlan (.*)", line.text):
            for number in hp_procurve_expand_range(found[2].replace(" ", ",")):
                config.add_child(f"{found[1]} vlan {number}", return_if_present=True)
            if re.fullmatch(r"\d+", found[2]):
                continue
        else:
            continue
        line.delete()


def refine(running: HConfig, remediation: HConfig) -> None:
    """What we compare port by port, as the switch wants to hear it."""
    by_vlan(running, remediation)
    leave_known(remediation, running, SNMP_SECRET)
    leave_known(remediation, running, RADIUS_KEY)
    if remediation.get_child(equals="snmpv3 enable"):  # that makes a user with weak algorithms
        remediation.add_child('no snmpv3 user "initial"', return_if_present=True)
    for interface in list(remediation.get_children(startswith="interface ")):
        port, moved = interface.text.removeprefix("interface "), False
        gone = {line.text for line in interface.children}
        for line in list(interface.children):
            if found := re.fullmatch(rf"(no )?({OUTSIDE})(?: (.*))?", line.text):
                # `no spanning-tree 5 root-guard`, but `no port-security 5`: the rest goes with it
                if found[1] and found[3] and f"no {found[2]}" in gone:
                    line.delete()  # it goes with all that is said of it
                    continue
                rest = found[3] if found[3] and not (found[1] and found[2].startswith(("port-sec", "fault"))) else ""
                rest = re.sub(r" \d+$", "", rest) if found[1] else rest
                remediation.add_child(f"{found[1] or ''}{found[2]} {port} {rest}".strip())
                line.delete()
                moved = True
        if moved and not interface.children:
            interface.delete()
    for banner in list(remediation.get_children(startswith=HIDDEN)):
        banner.text = banner.text.removeprefix(HIDDEN)


def by_vlan(running: HConfig, remediation: HConfig) -> None:
    """What comes to a port or leaves it: in the VLAN."""
    gone = {line.text.removeprefix("no vlan ") for line in remediation.get_children(startswith="no vlan ")}
    for vlan in gone:  # its network may be needed before it goes
        section = running.get_child(equals=f"vlan {vlan}")
        for line in section.get_children(startswith="ip address ") if section else ():
            remediation.add_children_deep((f"vlan {vlan}", f"no {line.text}"))
    for interface in list(remediation.get_children(startswith="interface ")):
        port = interface.text.removeprefix("interface ")
        lines = [line for line in interface.children if re.fullmatch(MEMBER, line.text)]
        comes = {line.text.split()[-1] for line in lines if not line.text.startswith("no ")}
        for line in lines:
            verb, vlan = line.text.split(" vlan ")
            # A VLAN that goes takes its ports along, and a tag that replaces none (or none a tag) takes nothing away.
            if not (verb.startswith("no ") and vlan in gone | comes):
                remediation.add_children_deep((f"vlan {vlan}", f"{verb} {port}"))
            line.delete()
        if lines and not interface.children:
            interface.delete()


def port_list(ports: Sequence[str]) -> str:
    """As the switch writes it: 1-4,7."""
    numbers = sorted({int(port) for port in ports if port.isdigit()})
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    spans = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return ",".join([*spans, *sorted(port for port in ports if not port.isdigit())])


def view(sections: Sections) -> View:
    """What a configuration means for whoever reaches the switch."""
    addresses = {}
    for header, lines in sections.items():
        vlan = re.fullmatch(VLAN, header)
        address = next((line.removeprefix("ip address ") for line in lines if line.startswith("ip address ")), None)
        if vlan and address:
            leased = address == "dhcp-bootp"
            addresses[int(vlan["vlan"])] = LEASED if leased else IPv4Interface(address.replace(" ", "/"))
    gateway = next((line.split()[-1] for line in sections if line.startswith("ip default-gateway ")), None)
    return View(
        vlans=frozenset({1} | {int(found["vlan"]) for header in sections if (found := re.fullmatch(VLAN, header))}),
        ports={
            header.split()[1]: _port(lines) for header, lines in sections.items() if header.startswith("interface ")
        },
        addresses=addresses,
        gateway=IPv4Address(gateway) if gateway else None,
        users=frozenset(),  # `password manager` is in the configuration only where it was asked to be
        admits="no ip ssh" not in sections,
    )


def _port(lines: tuple[str, ...]) -> PortView:
    said = [found for line in lines if (found := re.fullmatch(MEMBER, line))]
    tagged = {int(found["vlan"]) for found in said if found["how"] == "tagged"}
    untagged = next((int(found["vlan"]) for found in said if found["how"] == "untagged"), None)
    members = frozenset(tagged | ({untagged} if untagged is not None else set()))
    asks = not {"aaa port-access authenticator", "aaa port-access mac-based"}.isdisjoint(lines)
    shuts = not {"spanning-tree bpdu-protection", "spanning-tree root-guard"}.isdisjoint(lines)
    return PortView(
        bool(tagged), frozenset() if "disable" in lines else members, untagged, members, shuts=shuts, asks=asks
    )


def hosts(table: str) -> list[Host]:
    """Who the switch knows to be there, by its table of addresses. Old releases do not say in which VLAN."""
    return [
        Host(int(row["vlan_id"]), row["mac_address"], row["port"])
        for row in parse_output(platform="hp_procurve", command=MAC_TABLE, data=table)
        if row["vlan_id"]
    ]


def shown(show: Show) -> Shown:
    """Its VLANs and the membership of its ports."""
    vlans = parse_output(platform="hp_procurve", command="show vlans", data=show("show vlans"))
    return Shown(
        vlans={int(row["vlan_id"]): row["vlan_name"].strip() for row in vlans},
        ports=dict(_memberships(show(MEMBERSHIP))),
    )


def _memberships(text: str) -> Iterator[tuple[str, Membership]]:
    """ntc-templates has no parser for it: one block a port, one line a VLAN that ends with how it is there."""
    for block in re.split(r"VLAN Information - for ports ", text)[1:]:
        lines = [
            (int(vlan), how) for vlan, how in re.findall(r"^ *(\d+) .* (Tagged|Untagged)\s*$", block, re.MULTILINE)
        ]
        tagged = frozenset(vlan for vlan, how in lines if how == "Tagged")
        untagged = next((vlan for vlan, how in lines if how == "Untagged"), None)
        yield block.split()[0], Membership(trunk=bool(tagged), access=untagged, tagged=tagged)


PORT = rf"interface (?P<port>{ONE})"
VLAN = r"vlan (?P<vlan>\d+)"
MEMBER = r"(no )?(?P<how>tagged|untagged) vlan (?P<vlan>\d+)"
AT = rf"(?P<port>{ONE})"
ROWS = (
    Row(About.IDENTITY, "", "hostname (?P<value>.*)", "its name"),
    Row(About.VLAN, VLAN, "name (?P<value>.*)", "name of VLAN {vlan}"),
    Row(About.VLAN, "", VLAN, "VLAN {vlan} is intended"),
    Row(About.TRUNK_GAINS, VLAN, r"tagged (?P<port>\S+)", "VLAN {vlan} comes, with its tag"),
    # A name cannot cut anything: not even that of the port that carries us.
    Row(About.IDENTITY, PORT, "name (?P<value>.*)", "what is at its other end"),
    Row(About.IDENTITY, PORT, "no name", "no longer intended"),
    Row(About.PORT, PORT, "disable", "not in use", rank=0),
    Row(About.PORT, VLAN, r"untagged (?P<port>\S+)", "VLAN {vlan} is that of what is plugged in", rank=2),
    Row(About.PORT_OPENS, PORT, "enable", "in use again"),
    Row(About.PORT, PORT, "no .*", "no longer intended", rank=6),
    Row(About.PORT, PORT, ".*", "intended"),
    Row(About.PORT, "", rf"spanning-tree {AT} admin-edge-port", "it forwards at once: no switch is behind it", rank=1),
    Row(About.PORT, "", rf"spanning-tree {AT} bpdu-protection", "a switch plugged in there is shut out", rank=2),
    Row(About.PORT, "", rf"spanning-tree {AT} root-guard", "the root of the spanning tree is never there", rank=3),
    Row(About.PORT, "", rf"port-security {AT} .*", "a flood of MAC addresses stops there", rank=4),
    Row(About.PORT, "", rf"fault-finder broadcast-storm {AT} .*", "what sends a storm is shut for minutes", rank=5),
    Row(About.PORT, "", rf"lldp admin-status {AT} disable", "it tells a desk nothing of the network", rank=6),
    Row(About.PORT, "", rf"lldp admin-status {AT} txrx", "its neighbour is checked against the inventory", rank=6),
    Row(About.PORT, "", rf"aaa port-access \S+ {AT} unauth-vid .*", "who is not recognized stays apart", rank=6),
    Row(About.PORT, "", rf"aaa port-access \S+ {AT} client-limit .*", "how many may be recognized", rank=6),
    Row(About.ADMISSION, "", rf"aaa port-access authenticator {AT}", "a computer says who it is (802.1X)", rank=2),
    Row(About.ADMISSION, "", rf"aaa port-access mac-based {AT}", "a device is known by its MAC address", rank=3),
    Row(About.ADMISSION, "", "aaa port-access authenticator active", "now ports ask who is there", rank=4),
    Row(About.SERVER, "", "radius-server host .*", "it knows who may plug in; the key is of this switch alone", rank=1),
    Row(About.SERVER, "", "aaa authentication port-access eap-radius", "who may plug in, RADIUS knows", rank=2),
    Row(About.PORT, "", rf"no aaa port-access \S+ {AT}", "nobody is asked any more who he is", rank=0),
    Row(About.PORT, "", rf"no aaa port-access \S+ {AT} .*", "no longer intended", rank=6),
    Row(About.REFERRED_GOES, "", "no (radius-server|aaa) .*", "nobody asks any more", rank=9),
    Row(About.PORT, "", rf"no ({OUTSIDE}) {AT}.*", "no longer intended", rank=7),
    # What only lets through goes out before what holds back: our own way leads over a port that is trusted.
    Row(About.TRUNK_GAINS, "", rf"dhcp-snooping trust {AT}", "DHCP servers behind it are believed", rank=1),
    Row(About.TRUNK_GAINS, "", rf"arp-protect trust {AT}", "what is behind it is believed", rank=2),
    Row(About.GUARDS, "", rf"no ({WATCHED})( vlan .*)?", "no longer watched", rank=1),
    Row(About.GUARDS, "", "no dhcp-snooping option 82", "servers do not all know option 82", rank=2),
    Row(About.GUARDS, "", r"dhcp-snooping vlan (?P<vlan>\d+)", "DHCP is watched in VLAN {vlan}", rank=2),
    Row(About.GUARDS, "", "dhcp-snooping", "DHCP servers are only behind ports that are trusted", rank=3),
    Row(About.GUARDS, "", r"arp-protect vlan (?P<vlan>\d+)", "ARP is watched in VLAN {vlan}", rank=4),
    Row(About.GUARDS, "", "arp-protect", "nobody takes the address of somebody else", rank=5),
    Row(About.TREE, "", "spanning-tree", "a loop is cut", rank=2),
    Row(About.TREE, "", r"spanning-tree priority (?P<value>.*)", "the lowest is the root", rank=3),
    Row(About.TREE, "", r"no spanning-tree priority .*", "no longer intended", rank=1),
    Row(About.VLAN, VLAN, "qos dscp (?P<value>.*)", "the mark of what comes in VLAN {vlan}"),
    Row(About.VLAN, VLAN, "no qos dscp.*", "no longer intended"),
    Row(About.VLAN, VLAN, "(no )?voice", "whether telephones are in VLAN {vlan}"),
    Row(About.LOGIN, "", "ip authorized-managers .* access-method snmp", "it may read how the switch fares"),
    Row(About.LOGIN, "", "ip authorized-managers .*", "a bastion: only from there"),
    Row(About.LOGIN, "", "no ip authorized-managers .*", "no longer intended", rank=6),
    Row(About.LOGIN, "", "no telnet-server", "it is managed over SSH alone"),
    Row(About.LOGIN, "", "no web-management", "it is managed over SSH alone"),
    Row(About.LOGIN, "", "console idle-timeout .*", "a session that somebody forgot ends"),
    Row(About.IDENTITY, "", "banner motd .*", "what is said to whoever comes"),
    Row(About.OTHER, "", "snmpv3 enable", "it answers whoever monitors it", rank=5),
    Row(About.OTHER, "", 'no snmpv3 user "initial"', "the switch makes it by itself, with weak algorithms", rank=6),
    Row(About.OTHER, "", "snmpv3 user .*", "the one who reads; its secrets are this switch's own", rank=7),
    Row(About.OTHER, "", "snmpv3 group .*", "it may read, and no more", rank=8),
    Row(About.OTHER, "", "snmpv3 only", "no other version: a community is a password in clear", rank=9),
    Row(
        About.OTHER, "", "no snmp-server community .*", "no other version: a community is a password in clear", rank=10
    ),
    Row(About.OTHER, "", "no snmpv3 group .*", "its secrets are others now, or nobody reads any more", rank=9),
    Row(About.OTHER, "", "no snmpv3 user .*", "its secrets are others now, or nobody reads any more", rank=10),
    Row(About.OTHER, "", "no cdp run", "it tells everybody what it is; LLDP does on trunks"),
    Row(
        About.OTHER, "", r"spanning-tree bpdu-protection-timeout .*", "a port that was shut for it opens after minutes"
    ),
    Row(About.OTHER, "", "(timesync|sntp) .*", "the domain controllers have the time"),
    Row(About.OTHER, "", r"logging .*", "its log is kept elsewhere too"),
    Row(About.TRUNK_LOSES, VLAN, r"no (un)?tagged (?P<port>\S+)", "nobody intends VLAN {vlan} there"),
    Row(About.INTERFACE_GOES, VLAN, "no ip address.*", "not the switch's address in VLAN {vlan}"),
    Row(About.INTERFACE, VLAN, "ip address .*", "the switch's own address"),
    Row(About.VLAN_GOES, "", rf"no {VLAN}", "no longer intended; its ports have moved"),
    Row(About.GATEWAY, "", "(no )?ip default-gateway (?P<value>.*)", "the way back to the bastion"),
)

HP_PROCURVE = Platform(
    name="hp_procurve",
    netmiko="hp_procurve",
    session=ProCurveSession,
    driver=Driver,
    owned=(
        Owned(r"hostname .+"),
        Owned(
            PORT, lines=rf"name |disable$|(un)?tagged vlan |spanning-tree ({EDGE})$|({OUTSIDE})( |$)(?!path|priority)"
        ),
        Owned(r"vlan 1", lines=r"ip address "),  # it cannot be removed
        Owned(r"vlan \d+", lines=r"name |ip address |voice$|qos dscp ", removed=True),
        Owned(
            r"ip authorized-managers \S+ \S+ access (manager|operator access-method snmp)|snmp-server community .*"
            r'|snmpv3 user "(initial|supervision-[^"]+)".*|snmpv3 group operatorauth user "supervision-\S+ .*'
            r"|radius-server host .*|aaa authentication port-access eap-radius|aaa port-access authenticator active"
            rf"|sntp server priority \d+ \S+|spanning-tree priority \d+"
            rf"|({WATCHED})( vlan \d+)?",
            removed=True,
        ),
        Owned(
            rf"{HIDDEN}banner motd .*|snmpv3 (?:enable|only)"
            r"|spanning-tree|spanning-tree bpdu-protection-timeout \d+|no (telnet-server|cdp run"
            r"|web-management|dhcp-snooping option 82)|console idle-timeout \d+|timesync sntp|sntp unicast|logging \S+"
        ),
        Owned(r"ip default-gateway \S+", removed=True),
    ),
    ordinary=r"(module |no tftp |no autorun|no dhcp |activate |ip address dhcp-bootp)"
    r'|untagged vlan 1$|name "DEFAULT_VLAN"',  # a port that nobody named is in VLAN 1
    error=r"^ *(Invalid input|Incomplete input|Ambiguous input|Error|Bad|Cannot|The IP address|.*(not|cannot) be ).*$",
    running="show running-config",
    startup="show config",
    save=Dialogue("write memory"),  # it says nothing: what is saved is read back
    refine=refine,
    logged=rf"^{LOGGED}.*\n?",
    switch=SwitchFacts(
        view=view,
        rows=ROWS,
        opens=r"(vlan \d+|interface \S+)",
        leave="exit",
        finish="end",
        mac_table=MAC_TABLE,
        hosts=hosts,
        shown=shown,
        listed=rf"((?:no )?(?:(?:un)?tagged|{OUTSIDE}) )({ONE})( .*)?",
        ports=port_list,
    ),
    guard=ScheduledRestart(
        schedule=lambda minutes: Dialogue(
            f"reload after {minutes}",
            "",
            # Old releases ask first; what runs is what is saved (change.py), and what comes must not be.
            {r"save current configuration \[y/n[^]]*\]\? ?$": "n", r"continue \[y/n\]\? ?$": "y"},
        ),
        call_off=Dialogue("no reload"),
        pending="show reload after",
        none=r"(?i)\b(no|not|none)\b.*\b(reload|scheduled)|\breload.*\bnot scheduled",
    ),
)
