"""Namespaces, bridges and cables: what is there, what is missing, and the commands between the two."""

import json
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, StringCommand, operation

from roles.common.commands import Explained
from roles.lab.topology import FABRIC, Cable, Place, Topology


@dataclass(frozen=True)
class Links:
    """The interfaces of one namespace: name to addresses and MAC, those that are up, and its default gateway."""

    interfaces: dict[str, list[str]]
    up: frozenset[str]
    gateway: str | None
    macs: dict[str, str] = field(default_factory=dict)


class LabNetwork(FactBase[dict[str, Links]]):
    """The network of every lab namespace, by name."""

    default = dict

    def command(self) -> str:
        return (
            "for n in $(ip netns list | cut -d' ' -f1 | grep ^lab- ); do"
            ' echo "$n"; ip -n "$n" -j address; echo; ip -n "$n" -j route show default; echo; done'
        )

    def process(self, output: Any) -> dict[str, Links]:
        lines = [line for line in output if line]
        return {
            name: _links(json.loads(interfaces), json.loads(routes))
            for name, interfaces, routes in zip(lines[::3], lines[1::3], lines[2::3], strict=True)
        }


def _links(interfaces: list[dict[str, Any]], routes: list[dict[str, Any]]) -> Links:
    return Links(
        {
            link["ifname"]: [
                f"{a['local']}/{a['prefixlen']}" for a in link.get("addr_info", []) if a["family"] == "inet"
            ]
            for link in interfaces
            if link
        },
        frozenset(link["ifname"] for link in interfaces if link and "UP" in link["flags"]),
        next((route["gateway"] for route in routes if "gateway" in route), None),
        {link["ifname"]: link["address"] for link in interfaces if link and "address" in link},
    )


@operation()
def network(topology: Topology) -> Generator[StringCommand, None, None]:
    """
    Ensure the lab's namespaces and cables.

    + topology: what the lab must hold
    """
    changes = missing(topology, host.get_fact(LabNetwork))
    if not changes:
        host.noop("the lab is cabled")
        return
    yield Explained("set -e;", *(f"{command};" for command in changes), changes=changes)


def missing(topology: Topology, seen: dict[str, Links]) -> list[str]:
    """The commands that make the network of the lab out of what is there."""
    commands: list[str] = []
    for namespace in topology.namespaces:
        if namespace not in seen:
            commands += [f"ip netns add {namespace}", f"ip -n {namespace} link set lo up"]
    for bridge in topology.bridges:
        if FABRIC not in seen or bridge not in seen[FABRIC].interfaces:
            commands += [f"ip -n {FABRIC} link add {bridge} type bridge", f"ip -n {FABRIC} link set {bridge} up"]
    for cable in topology.cables:
        (left, left_end), (right, right_end) = cable.left, cable.right
        # Setting the ends up is the last step of plugging: a cable that is not up was cut short.
        if left in seen and right in seen and left_end in seen[left].up and right_end in seen[right].up:
            continue
        if left in seen and left_end in seen[left].interfaces:
            commands.append(f"ip -n {left} link delete {left_end}")
        commands += _plug(cable)
    for place in topology.places:
        commands += _address(place, seen.get(place.namespace))
    return commands


def _plug(cable: Cable) -> list[str]:
    (left, left_end), (right, right_end) = cable.left, cable.right
    commands = [f"ip -n {left} link add {left_end} type veth peer name {right_end} netns {right}"]
    if cable.bridge:
        commands.append(f"ip -n {left} link set {left_end} master {cable.bridge}")
    for namespace, interface in (cable.left, cable.right):
        # Open vSwitch in user space does not fill in checksums that a veth leaves out.
        commands.append(f"ip netns exec {namespace} ethtool -K {interface} tx off >/dev/null")
        commands.append(f"ip -n {namespace} link set {interface} up")
    return commands


def _address(place: Place, seen: Links | None) -> list[str]:
    commands = []
    for interface, mac in place.macs.items():
        if seen is None or seen.macs.get(interface) != mac:
            commands.append(f"ip -n {place.namespace} link set {interface} address {mac}")
    for interface, address in place.addresses.items():
        if seen is None or address not in seen.interfaces.get(interface, []):
            commands.append(f"ip -n {place.namespace} address add {address} dev {interface}")
    if place.gateway and (seen is None or seen.gateway != place.gateway):
        commands.append(f"ip -n {place.namespace} route replace default via {place.gateway}")
    return commands
