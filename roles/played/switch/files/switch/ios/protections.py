"""What the `show` commands print of what guards ports, in the layouts of IOS."""

import re
from time import time

from .. import vlans
from ..cisco.sections import TOP
from ..cisco.shows import short
from ..counters import Inspected
from ..machine import Switch
from .config import INSPECTED, PORTS


def bindings(switch: Switch) -> str:
    """`show ip dhcp snooping binding`."""
    found = switch.plane.bindings()
    rows = [
        f"{each.mac.upper():<20}{each.address:<17}{each.until - time():<12.0f}{'dhcp-snooping':<15}"
        f"{each.vlan:<6}{each.port}"
        for each in found
    ]
    return "\n".join(
        [
            f"{'MacAddress':<20}{'IpAddress':<17}{'Lease(sec)':<12}{'Type':<15}{'VLAN':<6}Interface",
            f"{'-' * 18}  {'-' * 15}  {'-' * 10}  {'-' * 13}  {'-' * 4}  {'-' * 20}",
            *rows,
            f"Total number of bindings: {len(found)}",
        ]
    )


def arp_inspection(switch: Switch) -> str:
    """`show ip arp inspection`: the VLANs that are watched, by which lists, and what was dropped."""
    config, counted = switch.config, switch.plane.inspected()
    watched = sorted(vlans.parse(config.value(TOP, INSPECTED) or ""))
    lists = {}
    for line in config.sections[TOP]:
        if found := re.fullmatch(r"ip arp inspection filter (\S+) vlan (\S+)", line):
            lists |= dict.fromkeys(vlans.parse(found[2]), found[1])
    counts = {vlan: counted.get(vlan, Inspected()) for vlan in watched}
    return "\n".join(
        [
            "",
            "Source Mac Validation      : Disabled",
            "Destination Mac Validation : Disabled",
            "IP Address Validation      : Disabled",
            "",
            " Vlan     Configuration    Operation   ACL Match          Static ACL",
            " ----     -------------    ---------   ---------          ----------",
            *(
                f"{vlan:>5}     {'Enabled':<17}{'Active' if vlan in config.vlans else 'Inactive':<12}"
                f"{lists.get(vlan, ''):<19}{'No' if vlan in lists else ''}".rstrip()
                for vlan in watched
            ),
            "",
            " Vlan      Forwarded        Dropped     DHCP Drops      ACL Drops",
            " ----      ---------        -------     ----------      ---------",
            *(
                f"{vlan:>5}{each.forwarded:>15}{each.dropped:>15}{each.dropped:>15}{0:>15}"
                for vlan, each in counts.items()
            ),
        ]
    )


def inconsistent_ports(switch: Switch) -> str:
    """`show spanning-tree inconsistentports`: one tree is played, that of each port's own VLAN."""
    found = switch.plane.inconsistent()
    rows = []
    for name in found:
        port = switch.config.port(name)
        rows.append(f"{f'VLAN{port.native if port.trunk else port.access:04d}':<21}{name:<25}Root Inconsistent")
    return "\n".join(
        [
            "",
            f"{'Name':<21}{'Interface':<25}Inconsistency",
            f"{'-' * 20} {'-' * 24} {'-' * 18}",
            *rows,
            "",
            f"Number of inconsistent ports (segments) in the system : {len(found)}",
        ]
    )


def port_security(switch: Switch) -> str:
    learned, violations = switch.plane.learned(), switch.plane.violations()
    rows = []
    for name in PORTS:
        by = switch.config.port(name).protection
        if by.macs is not None:
            count = len({entry.mac for entry in learned if entry.port == name})
            beyond = 0 if by.violation == "protect" else violations.get(name, 0)
            rows.append(f"{short(name):>11}{by.macs:>12}{count:>18}{beyond:>19}{by.violation.capitalize():>20}")
    head = [
        "Secure Port  MaxSecureAddr  CurrentAddr  SecurityViolation  Security Action",
        "                (Count)       (Count)          (Count)",
        "-" * 75,
    ]
    return "\n".join([*head, *rows, "-" * 75])
