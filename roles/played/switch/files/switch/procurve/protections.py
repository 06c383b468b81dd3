"""What the `show` commands print of what guards ports, in the layouts of ProCurve."""

from time import time

from ..counters import Inspected
from ..machine import Switch


def bindings(switch: Switch) -> str:
    """`show dhcp-snooping binding`."""
    rows = []
    for each in switch.plane.bindings():
        digits = each.mac.replace(":", "")
        mac = f"{digits[:6]}-{digits[6:]}"
        rows.append(f"  {mac:<13} {each.address:<15} {each.vlan:<4} {each.port:<9} {each.until - time():.0f}")
    return "\n".join(
        [
            "",
            "  MacAddress    IP              VLAN Interface Time Left",
            "  ------------- --------------- ---- --------- ---------",
            *rows,
        ]
    )


def arp_statistics(switch: Switch, vlan: int) -> str:
    """`show arp-protect statistics`."""
    counted = switch.plane.inspected().get(vlan, Inspected())
    return f"""
 Status and Counters - ARP Protection Counters for VLAN {vlan}

  ARPs forwarded : {counted.forwarded:<10} Bad Sender/Target IP       : 0
  Bad bindings   : {counted.dropped:<10} Source/Sender MAC mismatch : 0
  Malformed pkts : {0:<10} Dest/Target MAC mismatch   : 0"""
