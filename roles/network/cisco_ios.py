"""Cisco IOS access switches: what is ours, what replaces what, and what each line is about."""

import re
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from hier_config import HConfig
from hier_config.models import PerLineSubRule
from hier_config.platforms.cisco_ios.driver import HConfigDriverCiscoIOS
from hier_config.platforms.driver_base import HConfigDriverRules
from netmiko.cisco.cisco_ios import CiscoIosSSH
from netutils.interface import canonical_interface_name
from netutils.vlan import vlanconfig_to_list, vlanlist_to_config
from ntc_templates.parse import parse_output

from roles.network.dialogue import Dialogue
from roles.network.guard import RevertTimer
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

ALLOWED = "switchport trunk allowed vlan "
EVERY = frozenset(range(1, 4095))
MAC_TABLE = "show mac address-table"
LOGGED = r"[A-Z0-9_]+-\d-[A-Z0-9_]+:"  # %LINK-3-UPDOWN: Interface …, with or without its time


class Driver(HConfigDriverCiscoIOS):
    """hier_config's driver, which knows what replaces what. The planner decides the order."""

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        rules = HConfigDriverCiscoIOS._instantiate_rules()
        rules.idempotent_commands.extend(
            [
                replaces("hostname "),
                replaces("vtp mode "),
                replaces("ip default-gateway "),
                replaces("interface ", "switchport access vlan "),
                replaces("interface ", "switchport trunk native vlan "),
                replaces("interface ", ALLOWED),
                replaces("archive", "path "),
                replaces("archive", "maximum "),
                replaces("line ", "transport input "),
                replaces("line ", "exec-timeout "),
            ]
        )
        noise = "|".join(f"(?:{rule.search})" for rule in rules.per_line_sub if not rule.replace)
        rules.per_line_sub[:] = [PerLineSubRule(search=noise, replace="")]  # one search in each line, not sixteen
        rules.post_load_callbacks.append(_join_allowed_vlans)
        return rules


def _join_allowed_vlans(config: HConfig) -> None:
    """A long list is printed as several lines, `allowed vlan 10,20` then `allowed vlan add 30`: make it one."""
    for interface in config.get_children(startswith="interface "):
        lines = list(interface.get_children(startswith=ALLOWED))
        if not lines:
            continue
        lines[0].text = ALLOWED + _list(frozenset().union(*(_vlans(line.text.split()[-1]) for line in lines)))
        for line in lines[1:]:
            line.delete()


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
    vlans = {1} | {int(number) for header in sections for number in re.findall(r"^vlan (\d+)$", header)}
    ports = {header.split()[1]: _port(lines) for header, lines in sections.items() if re.fullmatch(ANY_PORT, header)}
    addresses = {}
    for header, lines in sections.items():
        found = re.fullmatch(r"interface Vlan(\d+)", header)
        address = next((line.split()[2:4] for line in lines if line.startswith("ip address ")), None)
        if found and address and len(address) == 2 and "shutdown" not in lines:
            addresses[int(found[1])] = IPv4Interface("/".join(address))
    gateway = next((line.split()[-1] for line in sections if line.startswith("ip default-gateway ")), None)
    terminals = [lines for header, lines in sections.items() if header.startswith("line vty ")]
    return View(
        vlans=frozenset(vlans),
        ports=ports,
        addresses=addresses,
        gateway=IPv4Address(gateway) if gateway else None,
        users=frozenset(line.split()[1] for line in sections if line.startswith("username ")),
        admits=not terminals or any("transport input none" not in lines for lines in terminals),
    )


def _port(lines: tuple[str, ...]) -> PortView:
    trunk = "switchport mode trunk" in lines
    if "shutdown" in lines:
        return PortView(trunk, frozenset())
    if not trunk:
        return PortView(trunk, frozenset({int(_value(lines, "switchport access vlan ") or 1)}))
    allowed = _value(lines, ALLOWED)
    return PortView(trunk, EVERY if allowed is None else _vlans(allowed))


def _value(lines: tuple[str, ...], beginning: str) -> str | None:
    return next((line.removeprefix(beginning) for line in lines if line.startswith(beginning)), None)


def hosts(table: str) -> list[Host]:
    """Who the switch knows to be there, by its table of addresses."""
    return [
        Host(int(row["vlan_id"]), row["destination_address"], canonical_interface_name(port))
        for row in parse_output(platform="cisco_ios", command=MAC_TABLE, data=table)
        if row["vlan_id"].isdigit()
        for port in row["destination_port"]
        if port != "CPU"
    ]


def shown(show: Show) -> Shown:
    """Its VLANs and the membership of its ports."""
    vlans, ports = (
        parse_output(platform="cisco_ios", command=command, data=show(command))
        for command in ("show vlan brief", "show interfaces switchport")
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
ANY_PORT = r"interface (?!Vlan|Loopback|Tunnel)\S+"  # a bundle may carry us too
SVI = r"interface Vlan(?P<vlan>\d+)"
ROWS = (
    Row(About.GUARD, "archive", "path (?P<value>.*)", "where it keeps the copy that it goes back to"),
    Row(About.GUARD, "archive", "maximum (?P<value>.*)", "how many copies it keeps"),
    Row(About.IDENTITY, "", "hostname (?P<value>.*)", "its name"),
    Row(About.IDENTITY, "", "vtp mode .*", "its VLANs are in its own configuration, and no other switch changes them"),
    Row(About.VLAN, r"vlan (?P<vlan>\d+)", "name (?P<value>.*)", "name of VLAN {vlan}"),
    Row(About.VLAN, "", r"vlan (?P<vlan>\d+)", "VLAN {vlan} is intended"),
    Row(About.TRUNK_GAINS, PORT, rf"{ALLOWED}add (?P<value>.*)", "VLANs that come"),
    Row(About.TRUNK_LOSES, PORT, rf"{ALLOWED}remove .*", "VLANs that nobody intends on it"),
    Row(About.PORT, PORT, "shutdown", "not in use", rank=0),
    Row(About.PORT, PORT, "description (?P<value>.*)", "what is at its other end", rank=1),
    Row(About.PORT, PORT, "switchport access vlan (?P<value>.*)", "the VLAN of what is plugged in", rank=2),
    Row(About.PORT, PORT, "switchport trunk native vlan (?P<value>.*)", "the VLAN of frames without tag", rank=2),
    Row(About.PORT, PORT, rf"{ALLOWED}(?P<value>.*)", "the VLANs that it carries, before it is a trunk", rank=2),
    Row(About.PORT, PORT, "switchport mode (?P<value>.*)", "access port or trunk", rank=3),
    Row(About.PORT, PORT, "switchport nonegotiate", "nobody negotiates a trunk with it", rank=4),
    Row(About.PORT, PORT, "spanning-tree portfast", "it forwards at once: no switch is behind it", rank=4),
    Row(About.PORT, PORT, "spanning-tree bpduguard enable", "a switch plugged in there is shut out", rank=4),
    Row(About.PORT, PORT, "no shutdown", "in use again", rank=7),
    Row(About.PORT, PORT, "no .*", "no longer intended", rank=6),
    Row(About.PORT, PORT, ".*", "intended"),
    Row(About.INTERFACE, SVI, "ip address (?P<value>.*)", "the switch's own address", rank=2),
    Row(About.INTERFACE_GOES, SVI, "no ip address.*", "no address in VLAN {vlan}", rank=3),
    Row(About.INTERFACE, SVI, "shutdown", "VLAN {vlan} does not reach the switch itself", rank=4),
    Row(About.INTERFACE, SVI, "no shutdown", "VLAN {vlan} reaches the switch itself", rank=7),
    Row(About.INTERFACE, SVI, ".*", "intended"),
    Row(About.INTERFACE, "", SVI, "the switch itself is in VLAN {vlan}"),
    Row(About.INTERFACE_GOES, "", f"no {SVI}", "no longer intended"),
    Row(About.VLAN_GOES, "", r"no vlan (?P<vlan>\d+)", "no longer intended; its ports have moved"),
    Row(About.GATEWAY, "", "(no )?ip default-gateway (?P<value>.*)", "the way back to the bastion"),
    Row(About.LOGIN, r"line vty .*", "no .*", "no longer intended", rank=6),
    Row(About.LOGIN, r"line vty .*", ".*", "who may log in"),
    Row(About.LOGIN, "", r"no (username|aaa|ip ssh|enable|line vty) .*", "no longer intended", rank=6),
    Row(About.LOGIN, "", r"(username|aaa|ip ssh|enable|line vty) .*", "who may log in"),
)

CISCO_IOS = Platform(
    name="cisco_ios",
    netmiko="cisco_ios",
    session=CiscoIosSSH,
    driver=Driver,
    owned=(
        Owned(r"hostname \S+"),
        Owned(r"vtp mode \S+"),
        Owned(r"archive", lines=r"path |maximum "),
        Owned(r"vlan (?!1$|100[2-5]$)\d+", lines=r"name ", removed=True),  # 1 and 1002-1005 cannot be removed
        Owned(PORT, lines=r"description |switchport |shutdown$|spanning-tree (portfast|bpduguard)"),
        Owned(r"interface Vlan1", lines=r"description |ip address |shutdown$"),  # it cannot be removed
        Owned(r"interface Vlan\d+", lines=r"description |ip address |shutdown$", removed=True),
        Owned(r"ip default-gateway \S+", removed=True),
        Owned(r"line vty \d+ \d+", lines=r"access-class |exec-timeout |login |transport input "),
    ),
    ordinary=r"(version|service|boot|vtp|spanning-tree mode|spanning-tree extend|no aaa|no ip http|no ip address) ?",
    # Warnings begin with % too, and so does what the switch logs meanwhile.
    error=rf"^(%(?!Warning:|Portfast has|{LOGGED}).*|Command rejected.*|Bad mask.*)$",
    running="show running-config",
    startup="show startup-config",
    save=Dialogue("write memory", r"\[OK\]", {r"confirm\]\s*$": ""}),
    refine=add_and_remove_vlans,
    logged=rf"^([*.]?\w{{3}} +\d+ .*: )?%{LOGGED}.*\n?",
    switch=SwitchFacts(
        view=view,
        rows=ROWS,
        opens=r"(vlan \d+|interface \S+|line .*|archive)",
        leave="exit",
        finish="end",
        mac_table=MAC_TABLE,
        hosts=hosts,
        shown=shown,
    ),
    guard=RevertTimer(),
)
