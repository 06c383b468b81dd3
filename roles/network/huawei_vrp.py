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
from ntc_templates.parse import parse_output

from roles.network.dialogue import Dialogue
from roles.network.guard import ScheduledRestart
from roles.network.huawei_ports import ALLOW, as_sets, carries, in_order
from roles.network.huawei_session import HuaweiSession
from roles.network.huawei_vlans import parsed
from roles.network.platform import About, Owned, Platform, Row, Sections, SwitchFacts, View, replaces
from roles.network.shown import Host, Membership, Show, Shown

MAC_TABLE, VLANS, PORTS = "display mac-address", "display vlan", "display port vlan"
KINDS = {"GE": "GigabitEthernet", "XGE": "XGigabitEthernet", "Eth": "Ethernet"}
# Apr 25 2026 10:00:01-08:00 sw1 %%01IFNET/4/IF_STATE(l)[0]:… ; older ones begin with # or %
LOGGED = r"^[#%]?[A-Z][a-z]{2} +\d+ \d{4} [\d:.+-]+(?: DST)? \S+ (?:%%\d+)?\w+/\d/\S+.*\n?"
# What a negation names, where that is less than the whole line.
NEGATED = (
    r"(port link-type|port default vlan|port (?:trunk|hybrid) pvid vlan|stp edged-port) \S+",
    r"(ip route-static (?:\S+ ){2}\S+).*",
    r"(sysname|protocol inbound|authentication-mode|idle-timeout) .*",
)


class Driver(HConfigDriverHuaweiVrp):
    """hier_config's driver, which knows what replaces what. The planner decides the order."""

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        rules = HConfigDriverHuaweiVrp._instantiate_rules()
        rules.idempotent_commands.extend(
            [
                replaces("sysname "),
                replaces("stp mode "),
                replaces("vlan ", "description "),
                replaces("interface ", "description "),
                replaces("interface ", "port link-type "),
                replaces("interface ", "port default vlan "),
                replaces("interface ", "port trunk pvid vlan "),
                replaces("interface ", f"{ALLOW} exactly"),
                replaces("user-interface ", "(protocol inbound|authentication-mode|idle-timeout) "),
                replaces("interface Vlanif", r"(ip address )\S+ \S+$"),
            ]
        )
        rules.full_text_sub.append(FullTextSubRule(search=r"\n[ \t]+(?=\d[\d to]*(?:\r?\n|$))", replace=" "))  # wrapped
        rules.per_line_sub.append(PerLineSubRule(search=r"^return\s*$", replace=""))
        rules.post_load_callbacks.extend([_each_vlan, as_sets])
        return rules

    def swap_negation(self, child: HConfigChild) -> HConfigChild:
        """VRP refuses a negation that names a value where it wants none."""
        for pattern in NEGATED:
            if found := re.fullmatch(pattern, child.text):
                child.text = f"{self.negation_prefix}{found[1]}"
                return child
        return super().swap_negation(child)


def _each_vlan(config: HConfig) -> None:
    """`vlan batch 10 20 to 22` says which VLANs there are; each may have a section of its own besides."""
    for line in list(config.get_children(startswith="vlan batch ")):
        for vlan in sorted(parsed(line.text) - {1}):
            if config.get_child(equals=f"vlan {vlan}") is None:
                config.add_child(f"vlan {vlan}")
        line.delete()


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
        ports={header.split()[1]: carries(texts) for header, texts in sections.items() if re.match(ANY_PORT, header)},
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
        for row in parse_output(platform="huawei_vrp", command=MAC_TABLE, data=table)
    ]


def _full(port: str) -> str:
    """GE0/0/1 is GigabitEthernet0/0/1, as the configuration has it."""
    letters = port.rstrip("0123456789/.")
    return KINDS.get(letters, letters) + port[len(letters) :]


def shown(show: Show) -> Shown:
    """Its VLANs and the membership of its ports. A VLAN's name is its description."""
    vlans, ports = (
        parse_output(platform="huawei_vrp", command=command, data=show(command)) for command in (VLANS, PORTS)
    )
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
LOGIN = r"(stelnet|telnet|ssh|user-interface) .*"
ROWS = (
    Row(About.IDENTITY, "", "sysname (?P<value>.*)", "its name"),
    Row(About.VLAN, r"vlan (?P<vlan>\d+)", "description (?P<value>.*)", "name of VLAN {vlan}"),
    Row(About.VLAN, r"vlan (?P<vlan>\d+)", "undo description", "VLAN {vlan} has no name"),
    Row(About.VLAN, "", r"vlan (?P<vlan>\d+)", "VLAN {vlan} is intended"),
    Row(About.TRUNK_GAINS, PORT, rf"{ALLOW} .*", "VLANs that come"),
    Row(About.TRUNK_LOSES, PORT, rf"undo {ALLOW} .*", "VLANs that nobody intends on it"),
    Row(About.PORT, PORT, "shutdown", "not in use", rank=0),
    Row(About.PORT, PORT, "description (?P<value>.*)", "what is at its other end", rank=1),
    Row(
        About.PORT, PORT, "undo port (default|trunk|hybrid) .*", "as from the factory, before its kind changes", rank=2
    ),
    Row(About.PORT, PORT, "port link-type (?P<value>.*)", "access port or trunk", rank=3),
    Row(About.PORT, PORT, "port default vlan (?P<value>.*)", "the VLAN of what is plugged in", rank=4),
    Row(About.PORT, PORT, "port trunk pvid vlan (?P<value>.*)", "the VLAN of frames without tag", rank=4),
    Row(About.PORT, PORT, "stp edged-port enable", "it forwards at once: no switch is behind it", rank=5),
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
    Row(About.LOGIN, "user-interface vty .*", "undo .*", "no longer intended", rank=6),
    Row(About.LOGIN, "user-interface vty .*", ".*", "who may log in"),
    Row(About.LOGIN, "aaa", "undo .*", "no longer intended", rank=6),
    Row(About.LOGIN, "aaa", ".*", "who may log in"),
    Row(About.LOGIN, "", f"undo {LOGIN}", "no longer intended", rank=6),
    Row(About.LOGIN, "", LOGIN, "who may log in"),
    Row(About.OTHER, "", "stp bpdu-protection", "a switch plugged into an edge port is shut out"),
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
        Owned(r"sysname \S+"),
        Owned(r"stp bpdu-protection"),
        Owned(r"vlan (?!1$)\d+", lines=r"description ", removed=True),
        Owned(
            PORT,
            lines=r"description |port (link-type|default|trunk|hybrid) |undo port hybrid |shutdown$|stp edged-port",
        ),
        Owned(r"interface Vlanif\d+", lines=r"description |ip address \S+ \S+$|shutdown$", removed=True),
        Owned(r"ip route-static 0\.0\.0\.0 0\.0\.0\.0 \d+\.\S+( .*)?", removed=True),
        Owned(r"user-interface vty \d+ \d+", lines=r"acl |authentication-mode |idle-timeout |protocol inbound "),
    ),
    ordinary=(
        r"(undo http|undo info-center|set |drop-profile|vlan batch|cluster|ntdp|ndp|lldp enable|aaa$|user-interface"
        r"|stp mode|authentication-(scheme|mode (local|aaa))|authorization-scheme|accounting-scheme|domain) ?"
    ),
    error=r"^ *Error:.*$",
    running="display current-configuration",
    startup="display saved-configuration",
    save=Dialogue(
        "save",
        r"(?i)sav[^\n]*\bsuccessfully",
        {r"\[[Yy]/[Nn]\]\s*:?\s*$": "y", r"input the file name[^\n]*:\s*$": ""},
        read_timeout=120.0,  # a small switch takes its time
    ),
    refine=in_order,
    logged=LOGGED,
    switch=SwitchFacts(
        view=view,
        rows=ROWS,
        opens=r"(vlan \d+|interface \S+|user-interface .*|aaa)",
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
