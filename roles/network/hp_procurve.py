"""HP ProCurve (ProVision, AOS-S) access switches: what is ours, what replaces what, and what each line is about.

It speaks of the ports of a VLAN. We compare the VLANs of a port, as hier_config does (`interface 5`/`untagged vlan
20`), then say it in the switch's way (`vlan 20`/`untagged 5`), which every release takes.
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Interface
from itertools import groupby

from hier_config import HConfig
from hier_config.models import MatchRule, NegationDefaultWithRule, PerLineSubRule
from hier_config.platforms.driver_base import HConfigDriverRules
from hier_config.platforms.hp_procurve.driver import HConfigDriverHPProcurve
from netmiko.hp.hp_procurve import HPProcurveSSH
from ntc_templates.parse import parse_output

from roles.network.dialogue import Dialogue
from roles.network.guard import ScheduledRestart
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

MAC_TABLE = "show mac-address"
MEMBERSHIP = "show vlans ports all detail"
LEASED = IPv4Interface("0.0.0.0/32")  # an address that the configuration does not say: it comes by DHCP
LOGGED = r"[IWMDE] \d\d/\d\d/\d\d \d\d:\d\d:\d\d \d{5} "  # I 01/01/90 00:00:16 00076 ports: port 5 is now on-line


class Driver(HConfigDriverHPProcurve):
    """hier_config's driver, without what says nothing. The planner decides the order."""

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        rules = HConfigDriverHPProcurve._instantiate_rules()
        rules.idempotent_commands.extend(
            [replaces("hostname "), replaces("ip default-gateway "), replaces("vlan ", "name ")]
        )
        rules.negate_with.append(
            NegationDefaultWithRule(
                match_rules=(MatchRule(startswith="vlan "), MatchRule(equals="ip address dhcp-bootp")),
                use="no ip address",
            )
        )
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


def by_vlan(running: HConfig, remediation: HConfig) -> None:
    """What comes to a port or leaves it, as the switch wants to hear it: in the VLAN."""
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
    return PortView(bool(tagged), frozenset() if "disable" in lines else members, untagged, members)


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
        yield block.split()[0], Membership(trunk=bool(tagged), access=None if tagged else untagged, tagged=tagged)


PORT = r"interface (?P<port>(\d+/)?[A-Z]?\d+)"  # Trk1, which is several, is somebody else's
VLAN = r"vlan (?P<vlan>\d+)"
MEMBER = r"(no )?(?P<how>tagged|untagged) vlan (?P<vlan>\d+)"
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
    Row(About.TRUNK_LOSES, VLAN, r"no (un)?tagged (?P<port>\S+)", "nobody intends VLAN {vlan} there"),
    Row(About.INTERFACE_GOES, VLAN, "no ip address.*", "not the switch's address in VLAN {vlan}"),
    Row(About.INTERFACE, VLAN, "ip address .*", "the switch's own address"),
    Row(About.VLAN_GOES, "", rf"no {VLAN}", "no longer intended; its ports have moved"),
    Row(About.GATEWAY, "", "(no )?ip default-gateway (?P<value>.*)", "the way back to the bastion"),
)

HP_PROCURVE = Platform(
    name="hp_procurve",
    netmiko="hp_procurve",
    session=HPProcurveSSH,
    driver=Driver,
    owned=(
        Owned(r"hostname .+"),
        Owned(PORT, lines=r"name |disable$|(un)?tagged vlan "),
        Owned(r"vlan 1", lines=r"ip address "),  # it cannot be removed
        Owned(r"vlan \d+", lines=r"name |ip address ", removed=True),
        Owned(r"ip default-gateway \S+", removed=True),
    ),
    ordinary=r"(module |no tftp |no autorun|no dhcp |activate |ip address dhcp-bootp)"
    r'|untagged vlan 1$|name "DEFAULT_VLAN"',  # a port that nobody named is in VLAN 1
    error=r"^ *(Invalid input|Incomplete input|Ambiguous input|Error|Bad|Cannot|The IP address|.*(not|cannot) be ).*$",
    running="show running-config",
    startup="show config",
    save=Dialogue("write memory"),  # it says nothing: what is saved is read back
    refine=by_vlan,
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
        listed=r"((?:no )?(?:un)?tagged )\S+",
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
