"""What a switch of the lab says of its spanning tree: Open vSwitch's own words, past the network."""

import re

from tests.disturbances.lab import Lab

# The lines of `ovs-appctl rstp/show`: interface, role, state, cost, …
PORT = re.compile(r"^\s+(\S+)\s+(Root|Designated|Alternate|Backup|Disabled|Master)\s+(\S+)\s", re.MULTILINE)


def is_root(lab: Lab, switch: str) -> bool:
    return "This bridge is the root" in _tree(lab, switch)


def blocked(lab: Lab, switch: str) -> list[str]:
    """The interfaces that are kept back so that there is no loop."""
    return [name for name, role, _ in PORT.findall(_tree(lab, switch)) if role in ("Alternate", "Backup")]


def _tree(lab: Lab, switch: str) -> str:
    return lab.run(f"{switch}-chassis", "ovs-appctl rstp/show br0")
