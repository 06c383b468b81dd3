"""One interface for each VLAN of a trunk: `lan0.10` is VLAN 10 of lan0. Open vSwitch makes them on any kernel."""

import json
from collections.abc import Generator

from pyinfra import host
from pyinfra.api import FactBase, operation

from roles.common.commands import Explained, Says

BRIDGE = "br-lan"


class BridgePorts(FactBase[dict[str, list[int]]]):
    """The ports of Open vSwitch with their VLANs: one for an access port, several for a trunk."""

    default = dict

    def requires_command(self) -> str:
        return "ovs-vsctl"

    def command(self) -> str:
        return "ovs-vsctl --format=json --columns=name,tag,trunks list Port"

    def process(self, output: list[str]) -> dict[str, list[int]]:
        rows = json.loads("".join(output))["data"]
        return {name: sorted([*_values(tag), *_values(trunks)]) for name, tag, trunks in rows}


def _values(cell: int | list[object]) -> list[int]:
    """The numbers in an OVSDB cell: a number alone, or ["set", [...]] (RFC 7047, section 5.1)."""
    return [cell] if isinstance(cell, int) else list(cell[1])  # type: ignore[call-overload]  # JSON


@operation()
def subinterfaces(parent: str, vlans: tuple[int, ...]) -> Generator[Explained, None, None]:
    """
    Ensure the sub-interfaces of a trunk, and no others.

    + parent: the interface that receives the trunk
    + vlans: the VLANs that it carries
    """
    wanted = {parent: sorted(vlans), **{f"{parent}.{vlan}": [vlan] for vlan in vlans}}
    seen = host.get_fact(BridgePorts)
    present = {name: seen[name] for name in seen if name != BRIDGE}
    if present == wanted:
        host.noop("the sub-interfaces are there")
        return
    steps = ["--may-exist add-br", BRIDGE, "-- set bridge", BRIDGE, "datapath_type=netdev"]
    for name in sorted(present.keys() - wanted.keys()):
        steps += ["-- del-port", BRIDGE, name]
    trunks = ",".join(map(str, sorted(vlans)))
    steps += ["-- --may-exist add-port", BRIDGE, parent, "-- set port", parent, f"trunks={trunks}"]
    for vlan in vlans:
        name = f"{parent}.{vlan}"
        steps += ["-- --may-exist add-port", BRIDGE, name, "-- set port", name, f"tag={vlan}"]
        steps += ["-- set interface", name, "type=internal"]
    says = [
        *(Says(f"sub-interface {name}: remove", removes="vlan") for name in sorted(present.keys() - wanted.keys())),
        *(f"sub-interface {name}: create" for name in wanted if name not in present),
        *(f"sub-interface {name}: its VLANs" for name in wanted if name in present and present[name] != wanted[name]),
    ]
    yield Explained("ovs-vsctl", *steps, changes=says)
