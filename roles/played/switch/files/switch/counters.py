"""What the guards dropped, as the flows of Open vSwitch count it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .flows import ADMIT, ARP, NEW, TOO_MANY

PACKETS = re.compile(r"n_packets=(\d+)")


@dataclass(frozen=True)
class Inspected:
    """The ARP packets of a VLAN that the guard let pass, and those that it dropped."""

    forwarded: int = 0
    dropped: int = 0


def inspected(dump: str) -> dict[int, Inspected]:
    """By VLAN, from `ovs-ofctl dump-flows`."""
    found: dict[int, Inspected] = {}
    for flow, packets in _flows(dump, ARP):
        register = re.search(r"\breg1=(0x[0-9a-f]+|\d+)", flow)
        if register is None:
            continue
        vlan = int(register[1], 0)
        before, drops = found.get(vlan, Inspected()), "actions=drop" in flow
        found[vlan] = Inspected(before.forwarded + packets * (not drops), before.dropped + packets * drops)
    return found


def violations(dump: str) -> dict[int, int]:
    """By the number of the port, the frames of MAC addresses that were too many."""
    found: dict[int, int] = {}
    for flow, packets in (*_flows(dump, NEW), *_flows(dump, ADMIT)):
        port = re.search(r"\bin_port=(\d+)", flow)
        if port and f"priority={TOO_MANY}," in flow:
            found[int(port[1])] = found.get(int(port[1]), 0) + packets
    return found


def _flows(dump: str, table: int) -> Iterator[tuple[str, int]]:
    for line in dump.splitlines():
        packets = PACKETS.search(line)
        if packets and f" table={table}," in line:
            yield line, int(packets[1])
