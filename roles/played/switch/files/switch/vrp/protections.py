"""What the `display` commands print of what guards ports, in the layouts of VRP."""

from time import time

from ..machine import Switch
from .config import CAUSES, RECOVERY, TOP
from .shows import RULE, short


def bindings(switch: Switch) -> str:
    """`display dhcp snooping user-bind all`: the last column is seconds, the real one prints until when."""
    found = switch.plane.bindings()
    rows = []
    for each in found:
        digits = each.mac.replace(":", "")
        mac = f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"
        vlan, left = f"{each.vlan:<4}/--  /--", f"{each.until - time():.0f}"
        rows.append(f"{each.address:<17}{mac:<16}{vlan:<16}{short(each.port):<15}{left}")
    return "\n".join(
        [
            "DHCP Dynamic Bind-table:",
            "Flags:O - outer vlan ,I - inner vlan ,P - Vlan-mapping",
            f"{'IP Address':<17}{'MAC Address':<16}{'VSI/VLAN(O/I/P)':<16}{'Interface':<15}Lease",
            RULE,
            *rows,
            RULE,
            f"Print count: {len(found):>11}          Total count: {len(found):>11}",
        ]
    )


def error_down(switch: Switch) -> str:
    """`display error-down recovery`: the ports that a guard shut, and after how many seconds each opens again."""
    words = {name: cause for cause, name in CAUSES.items()}
    rows = []
    for port, name in switch.plane.shut().items():
        cause = words.get(name, name)
        wait = (switch.config.value(TOP, f"{RECOVERY} {cause}") or "interval --").split()[-1]
        rows.append(f"{short(port):<24}{cause:<24}{wait}")
    return "\n".join([f"{'interface':<24}{'error-down cause':<24}recovery time(s)", RULE, *rows])
