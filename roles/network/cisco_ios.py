"""Cisco IOS access switches: what is ours, what replaces what, and what each line is about."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from hier_config import HConfig
from hier_config.child import HConfigChild
from hier_config.models import PerLineSubRule
from hier_config.platforms.cisco_ios.driver import HConfigDriverCiscoIOS
from hier_config.platforms.driver_base import HConfigDriverRules
from netutils.interface import canonical_interface_name
from netutils.vlan import vlanconfig_to_list, vlanlist_to_config

from inventory.masking import SHOWN
from roles.network.dialogue import Dialogue
from roles.network.guard import RevertTimer
from roles.network.ios_session import IosSession
from roles.network.platform import (
    About,
    Owned,
    Platform,
    PortView,
    Row,
    Sections,
    SwitchFacts,
    Unsaid,
    View,
    replaces,
)
from roles.network.shown import Host, Membership, Show, Shown
from roles.network.tables import rows
from roles.network.untold import leave_known

ALLOWED = "switchport trunk allowed vlan "
SETS = ("ip dhcp snooping vlan ", "ip arp inspection vlan ")  # a new line adds to the set, and removes nothing
BANNER = re.compile(r"^banner (\w+) (\^C|[^\s\w])(.*?)\2[^\n]*$", re.DOTALL | re.MULTILINE)
HIDDEN = "\0"  # hier_config takes a line that begins with "banner" for the first of many
SWITCHES = (  # on or off; the line says which
    r"service (?:pad|password-encryption|tcp-keepalives-in|tcp-keepalives-out)|ip source-route|cdp run|lldp run"
    r"|ip http (?:secure-)?server|ip dhcp snooping information option|spanning-tree loopguard default"
)
NEGATED = (
    r"(authentication port-control|dot1x timeout tx-period|authentication (?:host-mode|order)) .*"  # without value
)
RADIUS_KEY = re.compile(r"(key)(?: \d)? \S+")
# `show running-config` has no such line; its secrets are in nothing that IOS shows.
SNMP_USER = r"snmp-server user \S+ \S+ v3 auth .*"
SNMP_SECRET = re.compile(r"((?:auth|priv)(?: (?:sha|md5|des|3des|aes \d+))) \S+")
USER = re.compile(
    r"^User name: (\S+)\s+Engine ID: \S+\s+storage-type: \S+\s+active(?:[ \t]+access-list: (\S+))?\s+"
    r"Authentication Protocol: (\S+)\s+Privacy Protocol: (\S+)\s+Group-name: (\S+)",
    re.MULTILINE,
)
EVERY = frozenset(range(1, 4095))
INTERFACE, NO_PORTS = "interface ", ("Vlan", "Loopback", "Tunnel")  # a bundle is a port: it may carry us too
MAC_TABLE = "show mac address-table"
LOGGED = r"[A-Z0-9_]+-\d-[A-Z0-9_]+:"  # %LINK-3-UPDOWN: Interface …, with or without its time
HEADING = r"Building configuration|Current configuration|Using \d+ out of|!"
NUMBERED = re.compile(r"^ \d+ (?=(?:permit|deny) )", re.MULTILINE)  # entries of an access list


class Driver(HConfigDriverCiscoIOS):
    """hier_config's driver, which knows what replaces what. The planner decides the order."""

    @staticmethod
    def config_preprocessor(config_text: str) -> str:
        """A banner becomes one line with a delimiter of ours; `portfast edge` and numbered entries are newer ways."""
        text = BANNER.sub(lambda banner: f"{HIDDEN}banner {banner[1]} ~{' '.join(banner[3].split())}~", config_text)
        return NUMBERED.sub(" ", text).replace("spanning-tree portfast edge", "spanning-tree portfast")

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        rules = HConfigDriverCiscoIOS._instantiate_rules()
        rules.idempotent_commands.extend(
            [
                replaces("hostname "),
                replaces("vtp mode "),
                replaces("ip default-gateway "),
                replaces("interface ", "switchport access vlan "),
                replaces("interface ", "switchport (trunk native|voice) vlan "),
                replaces("interface ", ALLOWED),
                replaces("interface ", "switchport port-security (maximum|violation|aging time|aging type) "),
                replaces("interface ", "storm-control (broadcast|multicast|unicast) level "),
                replaces("interface ", "storm-control action "),
                replaces("interface ", "ip (dhcp snooping|arp inspection) limit rate "),
                replaces("interface ", "spanning-tree (portfast|guard)"),
                replaces("interface ", "mls qos (trust|cos) "),
                replaces(
                    "interface ",
                    r"authentication (event server (?:dead|alive)|event (?:fail|no-response)|host-mode|order) ",
                ),
                replaces("interface ", "dot1x timeout (tx-period) "),
                replaces("radius server ", "(key|address ipv4) "),
                replaces("mls qos map cos-dscp "),
                replaces("archive", "path "),
                replaces("archive", "maximum "),
                replaces("line ", "(transport input|access-class) "),
                replaces(rf"(?:no )?({SWITCHES})$"),
                replaces("ip ssh version "),
                replaces("login block-for "),
                replaces("(banner login) "),
                replaces("spanning-tree mode "),
                replaces(r"spanning-tree vlan (\S+) priority "),
                replaces("(ip dhcp snooping|ip arp inspection) vlan "),
                replaces("ip dhcp snooping database "),
                replaces("line ", "exec-timeout "),
                replaces(r"snmp-server user (\S+) "),
                replaces(r"snmp-server group (\S+) v3 "),
            ]
        )
        noise = "|".join(f"(?:{rule.search})" for rule in rules.per_line_sub if not rule.replace)
        rules.per_line_sub[:] = [PerLineSubRule(search=noise, replace="")]  # one search in each line, not sixteen
        # Our lists only permit: the order of their entries means nothing, and they are read without numbers.
        kept = [each for each in rules.post_load_callbacks if each.__name__ != "_add_acl_sequence_numbers"]
        rules.post_load_callbacks[:] = [*kept, _join_allowed_vlans, _show_banners]
        return rules

    def swap_negation(self, child: HConfigChild) -> HConfigChild:
        """A user of SNMP goes by its name and its group."""
        if found := re.fullmatch(NEGATED, child.text):
            child.text = f"no {found[1]}"
            return child
        if re.fullmatch(SNMP_USER, child.text):
            child.text = f"no {child.text.partition(' v3 ')[0]} v3"
            return child
        return super().swap_negation(child)


def _join_allowed_vlans(config: HConfig) -> None:
    """A long list is printed as several lines, `allowed vlan 10,20` then `allowed vlan add 30`: make it one."""
    for interface in config.get_children(startswith="interface "):
        lines = list(interface.get_children(startswith=ALLOWED))
        if not lines:
            continue
        lines[0].text = ALLOWED + _list(frozenset().union(*(_vlans(line.text.split()[-1]) for line in lines)))
        for line in lines[1:]:
            line.delete()


def _show_banners(config: HConfig) -> None:
    for banner in list(config.get_children(startswith=HIDDEN)):
        banner.text = banner.text.removeprefix(HIDDEN)


def refine(running: HConfig, remediation: HConfig) -> None:
    """What the rules cannot say: sets of VLANs, secrets that are not shown."""
    leave_known(remediation, running, SNMP_SECRET)
    for section in list(remediation.get_children(startswith="radius server ")):
        if present := running.get_child(equals=section.text):
            leave_known(section, present, RADIUS_KEY)
            if not section.children:
                section.delete()
    add_and_remove_vlans(running, remediation)
    add_and_remove_watched(running, remediation)


def add_and_remove_watched(running: HConfig, remediation: HConfig) -> None:
    """The VLANs whose DHCP or ARP is watched: a line adds to them, so those that go are named too."""
    for beginning in SETS:
        line, before = (config.get_child(startswith=beginning) for config in (remediation, running))
        if line is None or before is None:
            continue
        had, wanted = (_vlans(child.text.split()[-1]) for child in (before, line))
        line.delete()
        if added := wanted - had:
            remediation.add_child(f"{beginning}{_list(added)}")
        if removed := had - wanted:
            remediation.add_child(f"no {beginning}{_list(removed)}")


def add_and_remove_vlans(running: HConfig, remediation: HConfig) -> None:
    """On a trunk that has a list of VLANs, name only those that come or go: the others never stop."""
    for interface in remediation.get_children(startswith="interface "):
        present = running.get_child(equals=interface.text)
        line = interface.get_child(startswith=ALLOWED)
        before = present.get_child(startswith=ALLOWED) if present else None
        if line is None or before is None or line.text.startswith("no "):
            continue
        had, wanted = (_vlans(child.text.split()[-1]) for child in (before, line))
        if not had or not wanted:
            continue
        line.delete()
        if added := wanted - had:
            interface.add_child(f"{ALLOWED}add {_list(added)}")
        if removed := had - wanted:
            interface.add_child(f"{ALLOWED}remove {_list(removed)}")


def _vlans(text: str) -> frozenset[int]:
    return frozenset() if text == "none" else frozenset(vlanconfig_to_list(text))


def _list(vlans: frozenset[int]) -> str:
    return "none" if not vlans else vlanlist_to_config(sorted(vlans), first_line_len=10_000, other_line_len=10_000)[0]


def view(sections: Sections) -> View:
    """What a configuration means for whoever reaches the switch."""
    interfaces = {
        header.removeprefix(INTERFACE): lines for header, lines in sections.items() if header.startswith(INTERFACE)
    }
    addresses = {}
    for name, lines in interfaces.items():
        address = _value(lines, "ip address ") if name.startswith("Vlan") else None
        if address and len(address.split()) >= 2 and "shutdown" not in lines:
            addresses[int(name.removeprefix("Vlan"))] = IPv4Interface("/".join(address.split()[:2]))
    gateway = next((line.split()[-1] for line in sections if line.startswith("ip default-gateway ")), None)
    terminals = [lines for header, lines in sections.items() if header.startswith("line vty ")]
    return View(
        vlans=frozenset({1} | {int(found[1]) for header in sections if (found := re.fullmatch(r"vlan (\d+)", header))}),
        ports={name: _port(lines) for name, lines in interfaces.items() if not name.startswith(NO_PORTS)},
        addresses=addresses,
        gateway=IPv4Address(gateway) if gateway else None,
        local="aaa new-model" in sections,
        users=frozenset(line.split()[1] for line in sections if line.startswith("username ")),
        admits=not terminals or any("transport input none" not in lines for lines in terminals),
    )


@lru_cache(maxsize=20_000)  # the ports of many switches are a few kinds
def _port(lines: tuple[str, ...]) -> PortView:
    trunk = "switchport mode trunk" in lines
    asks = "authentication port-control auto" in lines
    shuts = "spanning-tree bpduguard enable" in lines or "spanning-tree guard root" in lines
    if "shutdown" in lines:
        return PortView(trunk, frozenset())
    if not trunk:
        return PortView(trunk, frozenset({int(_value(lines, "switchport access vlan ") or 1)}), shuts=shuts, asks=asks)
    allowed = _value(lines, ALLOWED)
    native = int(_value(lines, "switchport trunk native vlan ") or 1)
    return PortView(trunk, EVERY if allowed is None else _vlans(allowed), native=native, shuts=shuts, asks=asks)


def _value(lines: tuple[str, ...], beginning: str) -> str | None:
    return next((line.removeprefix(beginning) for line in lines if line.startswith(beginning)), None)


def snmp_users(text: str) -> list[str]:
    """The users of SNMP version 3 as lines, in what `show snmp user` says.

    A user is there once for each engine that it is known to, others' for informs.
    """
    found = [
        f"snmp-server user {user} {group} v3 auth {authentication.lower()} {SHOWN} priv {_cipher(privacy)} {SHOWN}"
        + (f" access {access}" if access else "")
        for user, access, authentication, privacy, group in USER.findall(text)
        if privacy != "None"
    ]
    return list(dict.fromkeys(found))


def _cipher(privacy: str) -> str:
    """AES128 is aes 128 where it is typed."""
    return re.sub(r"^aes(?=\d)", "aes ", privacy.lower())


def hosts(table: str) -> list[Host]:
    """Who the switch knows to be there, by its table of addresses."""
    return [
        Host(int(row["vlan_id"]), row["destination_address"], canonical_interface_name(port))
        for row in rows("cisco_ios", MAC_TABLE, table)
        if row["vlan_id"].isdigit()
        for port in row["destination_port"]
        if port != "CPU"
    ]


def shown(show: Show) -> Shown:
    """Its VLANs and the membership of its ports."""
    vlans, ports = (
        rows("cisco_ios", command, show(command)) for command in ("show vlan brief", "show interfaces switchport")
    )
    return Shown(
        vlans={int(row["vlan_id"]): row["vlan_name"] for row in vlans},
        ports={canonical_interface_name(row["interface"]): _membership(row) for row in ports},
    )


def _membership(row: dict[str, Any]) -> Membership:
    if row["admin_mode"] != "trunk":
        return Membership(trunk=False, access=int(row["access_vlan"]))
    listed = ",".join(row["trunking_vlans"])
    return Membership(trunk=True, tagged=EVERY if listed == "ALL" else _vlans(listed.lower()))


PORT = r"interface (?P<port>(FastEthernet|GigabitEthernet|TenGigabitEthernet)\S+)"
SVI = r"interface Vlan(?P<vlan>\d+)"
TERMINAL = r"line (con|vty) .*"
ROWS = (
    Row(About.GUARD, "archive", "path (?P<value>.*)", "where it keeps the copy that it goes back to"),
    Row(About.GUARD, "archive", "maximum (?P<value>.*)", "how many copies it keeps"),
    Row(About.IDENTITY, "", "hostname (?P<value>.*)", "its name"),
    Row(About.IDENTITY, "", "banner login .*", "what is said to whoever comes"),
    Row(About.IDENTITY, "", "vtp mode .*", "its VLANs are in its own configuration, and no other switch changes them"),
    Row(About.VLAN, r"vlan (?P<vlan>\d+)", "name (?P<value>.*)", "name of VLAN {vlan}"),
    Row(About.VLAN, "", r"vlan (?P<vlan>\d+)", "VLAN {vlan} is intended"),
    Row(About.TRUNK_GAINS, PORT, rf"{ALLOWED}add (?P<value>.*)", "VLANs that come"),
    # What only lets through goes out before what holds back: our own way leads over a port that is trusted.
    Row(About.TRUNK_GAINS, PORT, "ip (dhcp snooping|arp inspection) trust", "what is behind it is believed"),
    Row(About.TRUNK_GAINS, PORT, "mls qos trust dscp", "its marks were given where they came in"),
    Row(About.TRUNK_GAINS, r"arp access-list \S+", r"permit ip host (?P<value>\S+) .*", "its address is not from DHCP"),
    Row(
        About.TRUNK_GAINS, "ip access-list standard READERS", "permit (?P<value>.*)", "it may read how the switch fares"
    ),
    Row(About.TRUNK_GAINS, "ip access-list standard BASTIONS", "permit (?P<value>.*)", "a bastion: it may log in"),
    Row(About.TRUNK_LOSES, PORT, rf"{ALLOWED}remove .*", "VLANs that nobody intends on it"),
    Row(About.PORT, PORT, "shutdown", "not in use", rank=0),
    Row(About.PORT, PORT, "description (?P<value>.*)", "what is at its other end", rank=1),
    Row(About.PORT, PORT, "switchport access vlan (?P<value>.*)", "the VLAN of what is plugged in", rank=2),
    Row(About.PORT, PORT, "switchport trunk native vlan (?P<value>.*)", "the VLAN of frames without tag", rank=2),
    Row(About.PORT, PORT, rf"{ALLOWED}(?P<value>.*)", "the VLANs that it carries, before it is a trunk", rank=2),
    Row(About.PORT, PORT, "switchport mode (?P<value>.*)", "access port or trunk", rank=3),
    Row(About.PORT, PORT, "switchport nonegotiate", "nobody negotiates a trunk with it", rank=4),
    Row(About.PORT, PORT, "switchport voice vlan (?P<value>.*)", "telephones, tagged", rank=3),
    Row(About.PORT, PORT, "spanning-tree portfast( trunk)?", "it forwards at once: no switch is behind it", rank=4),
    Row(About.PORT, PORT, "spanning-tree bpduguard enable", "a switch plugged in there is shut out", rank=4),
    Row(About.PORT, PORT, "spanning-tree guard root", "the root of the spanning tree is never there", rank=4),
    Row(About.PORT, PORT, "switchport port-security (?P<what>[a-z ]+) (?P<value>.*)", "of its MAC addresses", rank=4),
    Row(About.PORT, PORT, "switchport port-security", "a flood of MAC addresses stops there", rank=5),
    Row(About.PORT, PORT, "ip dhcp snooping limit rate (?P<value>.*)", "DHCP packets a second", rank=4),
    Row(About.PORT, PORT, "storm-control (?P<what>\\w+) level (?P<value>.*)", "a storm is no more than that", rank=4),
    Row(About.PORT, PORT, "storm-control action (?P<value>.*)", "and what sends one is shut", rank=4),
    Row(About.PORT, PORT, "no lldp (?P<what>transmit|receive)", "it tells a desk nothing of the network", rank=4),
    Row(About.PORT, PORT, "lldp (transmit|receive)", "its neighbour is checked against the inventory", rank=4),
    # First no longer: then who asks has nobody to ask.
    Row(About.PORT, PORT, "no authentication port-control", "nobody is asked any more who he is", rank=0),
    Row(About.PORT, PORT, "no (mab|dot1x .*|authentication .*)", "nobody is asked any more who he is", rank=1),
    Row(About.ADMISSION, PORT, "authentication port-control auto", "whoever plugs in says who he is"),
    Row(About.PORT, PORT, "authentication event fail .*", "who is not recognized stays apart", rank=4),
    Row(About.PORT, PORT, "authentication event server .*", "and everybody while no server answers", rank=4),
    Row(About.PORT, PORT, "authentication event no-response .*", "so is who says nothing", rank=4),
    Row(About.PORT, PORT, r"authentication (?P<what>\S+) (?P<value>.*)", "how they are recognized", rank=4),
    Row(About.PORT, PORT, "mab", "a device that cannot say is known by its MAC address", rank=5),
    Row(About.PORT, PORT, "dot1x .*", "a computer says who it is (802.1X)", rank=5),
    Row(About.PORT, PORT, "mls qos cos (?P<value>.*)", "the priority of what has no tag", rank=4),
    Row(
        About.PORT,
        PORT,
        "mls qos trust cos",
        "the priority says the mark; a mark that a desk gave itself is gone",
        rank=5,
    ),
    Row(About.PORT, PORT, "priority-queue out", "telephones never wait", rank=5),
    Row(About.PORT, PORT, "no shutdown", "in use again", rank=7),
    # First, or a maximum that falls back to one is refused where there are more.
    Row(About.PORT, PORT, "no switchport port-security", "no longer intended", rank=5),
    Row(About.PORT, PORT, "no .*", "no longer intended", rank=6),
    Row(About.PORT, PORT, ".*", "intended"),
    Row(About.GUARDS, "", r"(no )?ip dhcp snooping information option", "servers do not all know option 82", rank=1),
    Row(About.GUARDS, "", r"ip dhcp snooping database \S+", "a restart does not forget who has which", rank=1),
    Row(About.GUARDS, "", r"ip dhcp snooping vlan (?P<value>.*)", "where DHCP is watched", rank=2),
    Row(About.GUARDS, "", "ip dhcp snooping", "DHCP servers are only behind ports that are trusted", rank=3),
    Row(About.GUARDS, "", r"ip arp inspection filter .*", "hosts whose address is not from DHCP", rank=2),
    Row(About.GUARDS, "", r"ip arp inspection vlan (?P<value>.*)", "nobody takes the address of somebody else", rank=3),
    Row(About.GUARDS, "", r"no ip (arp inspection|dhcp snooping).*", "no longer watched", rank=1),
    Row(About.GUARDS, r"arp access-list \S+", ".*", "no longer intended", rank=7),
    Row(About.GUARDS, "", r"no arp access-list \S+", "no longer intended", rank=7),
    Row(About.TREE, "", r"no spanning-tree vlan .*", "no longer intended", rank=1),
    Row(
        About.TREE,
        "",
        "spanning-tree mode (?P<value>.*)",
        "it heals in a second: the tree of each VLAN begins anew",
        rank=2,
    ),
    Row(About.TREE, "", r"spanning-tree vlan \S+ priority (?P<value>.*)", "the lowest is the root", rank=3),
    Row(About.TREE, "", "spanning-tree loopguard default", "a link that works one way only makes no loop", rank=3),
    Row(About.INTERFACE, SVI, "ip address (?P<value>.*)", "the switch's own address", rank=2),
    Row(About.INTERFACE_GOES, SVI, "no ip address.*", "no address in VLAN {vlan}", rank=3),
    Row(About.INTERFACE, SVI, "shutdown", "VLAN {vlan} does not reach the switch itself", rank=4),
    Row(About.INTERFACE, SVI, "no shutdown", "VLAN {vlan} reaches the switch itself", rank=7),
    Row(About.INTERFACE, SVI, ".*", "intended"),
    Row(About.INTERFACE, "", SVI, "the switch itself is in VLAN {vlan}"),
    Row(About.INTERFACE_GOES, "", f"no {SVI}", "no longer intended"),
    Row(About.VLAN_GOES, "", r"no vlan (?P<vlan>\d+)", "no longer intended; its ports have moved"),
    Row(About.GATEWAY, "", "(no )?ip default-gateway (?P<value>.*)", "the way back to the bastion"),
    Row(About.SERVER, r"radius server (?P<value>\S+)", "key .*", "a key of this switch alone", rank=2),
    Row(About.SERVER, r"radius server (?P<value>\S+)", "address .*", "it knows who may plug in", rank=1),
    Row(About.REFERRED_GOES, "", "no radius server .*", "its key is another now, or nobody asks any more"),
    # Local users log in as before: this comes before anything else of AAA, and a new session before ports ask.
    Row(About.LOGIN, "", "aaa new-model", "without it no server can be asked; local users log in as before", rank=1),
    Row(About.LOGIN, "", "aaa authentication login default local", "who may log in", rank=2),
    Row(About.LOGIN, "", "aaa authorization exec default local", "what a local user may", rank=2),
    Row(
        About.LOGIN, "", "aaa (authentication dot1x|authorization network) .*", "who may plug in, RADIUS knows", rank=4
    ),
    Row(About.LOGIN, "", "dot1x system-auth-control", "ports that are told to may ask who is there", rank=5),
    Row(About.LOGIN, "", "no dot1x system-auth-control", "no longer intended", rank=6),
    Row(About.LOGIN, TERMINAL, "no .*", "no longer intended", rank=6),
    Row(About.LOGIN, TERMINAL, "exec-timeout .*", "a session that somebody forgot ends"),
    Row(About.LOGIN, TERMINAL, "access-class .*", "only from the bastions"),
    Row(About.LOGIN, TERMINAL, ".*", "who may log in"),
    Row(About.LOGIN, r"ip access-list standard \S+", "no permit .*", "no longer intended", rank=6),
    Row(About.LOGIN, "", r"no ip access-list standard \S+", "no longer intended", rank=7),
    Row(About.LOGIN, "", r"no (username|aaa|ip ssh|enable|line|login) .*", "no longer intended", rank=6),
    Row(About.LOGIN, "", "login block-for .*", "whoever guesses passwords waits"),
    Row(About.LOGIN, "", r"(username|aaa|ip ssh|enable|line) .*", "who may log in"),
    Row(About.OTHER, "", "mls qos map cos-dscp (?P<value>.*)", "the mark for each priority", rank=3),
    Row(About.OTHER, "", "mls qos", "from here on a mark counts only where it is trusted", rank=4),
    Row(About.OTHER, "", "no mls qos.*", "no longer intended", rank=2),
    # A user without its group may read nothing: it comes last, and its group goes after it.
    Row(About.OTHER, "", "snmp-server view .*", "what may be read of the switch", rank=5),
    Row(
        About.OTHER, "", "snmp-server group .*", "only with authentication and privacy, from there, and to read", rank=6
    ),
    Row(
        About.OTHER,
        "",
        r"snmp-server user (?P<value>\S+) .*",
        "the one who reads; its secrets are this switch's own",
        rank=7,
    ),
    Row(About.OTHER, "", "no snmp-server user .*", "its secrets are others now, or nobody reads any more", rank=8),
    Row(
        About.OTHER,
        "",
        "no snmp-server community .*",
        "SNMP version 3 alone: a community is a password in clear",
        rank=8,
    ),
    Row(About.OTHER, "", "no snmp-server (group|view) .*", "no longer intended", rank=9),
    Row(About.OTHER, "", "(no )?service pad", "X.25 is not in use"),
    Row(About.OTHER, "", "service tcp-keepalives-(in|out)", "a session whose other end is gone ends"),
    Row(About.OTHER, "", "service password-encryption", "passwords are not readable over a shoulder"),
    Row(About.OTHER, "", "no ip source-route", "nobody else says which way a packet goes"),
    Row(About.OTHER, "", "no cdp run", "it tells everybody what it is; LLDP does on trunks"),
    Row(About.OTHER, "", "lldp run", "its neighbours are checked against the inventory"),
    Row(About.OTHER, "", "no ip http (secure-)?server", "it is managed over SSH alone"),
    Row(
        About.OTHER, "", "errdisable recovery cause (?P<value>.*)", "a port that was shut for it opens after 5 minutes"
    ),
    Row(About.OTHER, "", "ntp server (?P<value>.*)", "the domain controllers have the time"),
    Row(About.OTHER, "", "logging host (?P<value>.*)", "its log is kept elsewhere too"),
)

CISCO_IOS = Platform(
    name="cisco_ios",
    netmiko="cisco_ios",
    session=IosSession,
    driver=Driver,
    owned=(
        Owned(
            PORT,
            lines=r"description |switchport |shutdown$|spanning-tree (portfast|bpduguard|guard)\b|storm-control "
            r"|ip (dhcp snooping|arp inspection) |no lldp |mls qos (trust|cos) |priority-queue out"
            r"|authentication |mab$|dot1x ",
        ),
        Owned(r"vlan (?!1$|100[2-5]$)\d+", lines=r"name ", removed=True),  # 1 and 1002-1005 cannot be removed
        Owned(r"interface Vlan1", lines=r"description |ip address |shutdown$"),  # it cannot be removed
        Owned(r"interface Vlan\d+", lines=r"description |ip address |shutdown$", removed=True),
        Owned(r"line (con 0|vty \d+ \d+)", lines=r"access-class |exec-timeout |login |transport input "),
        Owned(
            rf"hostname \S+|vtp mode \S+|banner login .*|(?:no )?(?:{SWITCHES})|ip ssh version \d|login block-for .*"
            r"|spanning-tree mode \S+|logging host \S+|aaa new-model|aaa authentication login default local"
            r"|aaa authorization exec default local"
        ),
        Owned(
            r"ip default-gateway \S+|ntp server \S+|errdisable recovery cause \S+"
            r"|spanning-tree vlan \S+ priority \d+|ip dhcp snooping( (vlan|database) \S+)?"
            r"|ip arp inspection (vlan|filter) .*"
            r"|snmp-server (view|group) SUPERVISION .*|snmp-server user supervision-.*"
            r"|snmp-server community .*|mls qos( map cos-dscp .*)?"
            r"|aaa authentication dot1x default group radius|aaa authorization network default group radius"
            r"|dot1x system-auth-control",
            removed=True,
        ),
        Owned(r"radius server \S+-[0-9a-f]{6}", lines=r"address ipv4 |key ", removed=True),
        Owned(r"archive", lines=r"path |maximum "),
        Owned(r"arp access-list FIXED-\d+", lines=r"permit ip host ", removed=True),
        # By name: `no access-list 98 permit …` takes away a list that has a number, all of it.
        Owned(r"ip access-list standard (BASTIONS|READERS)", lines=r"permit ", removed=True),
    ),
    ordinary=r"(no )?(version|service|boot|vtp|spanning-tree mode|spanning-tree extend|aaa|ip http|ip address"
    r"|ip source-route) ?",
    # Warnings begin with % too, and so does what the switch logs meanwhile.
    error=rf"^(%(?!Warning:|Portfast has|{LOGGED}).*|Command rejected.*|Bad mask.*)$",
    running="show running-config",
    startup="show startup-config",
    save=Dialogue("write memory", r"\[OK\]", {r"confirm\]\s*$": ""}),
    refine=refine,
    unsaid=Unsaid("show snmp user", snmp_users, SNMP_USER),
    logged=rf"^([*.]?\w{{3}} +\d+ .*: )?%{LOGGED}.*\n?",
    heading=HEADING,
    switch=SwitchFacts(
        view=view,
        rows=ROWS,
        opens=r"(vlan \d+|interface \S+|line .*|archive|arp access-list .*|ip access-list .*|radius server .*)",
        leave="exit",
        finish="end",
        mac_table=MAC_TABLE,
        hosts=hosts,
        shown=shown,
    ),
    guard=RevertTimer(),
)
