"""The lab's network is derived from the inventory, and only what is missing is added."""

import pytest

from inventory.model import load
from roles.lab.network import Links, missing
from roles.lab.topology import Topology, nic, topology
from roles.played.switch.files.switch import personality


def reference() -> Topology:
    return topology(load("lab"))


def as_cabled(plan: Topology) -> dict[str, Links]:
    """The network as it stands when every cable is plugged."""
    interfaces: dict[str, dict[str, list[str]]] = {name: {} for name in plan.namespaces}
    for bridge in plan.bridges:
        interfaces["lab-fabric"][bridge] = []
    for cable in plan.cables:
        for namespace, interface in (cable.left, cable.right):
            interfaces[namespace][interface] = []
    for machine in plan.machines.values():
        for interface, address in machine.addresses.items():
            interfaces[machine.namespace].setdefault(interface, []).append(address)
    gateways = {machine.namespace: machine.gateway for machine in plan.machines.values()}
    return {n: Links(links, frozenset(links), gateways.get(n)) for n, links in interfaces.items()}


def test_nothing_is_missing_once_cabled() -> None:
    plan = reference()
    assert missing(plan, as_cabled(plan)) == []


def test_an_empty_machine_gets_everything() -> None:
    commands = missing(reference(), {})
    assert "ip netns add lab-mail1" in commands
    assert "ip -n lab-ws1 route replace default via 10.20.10.1" in commands


def test_a_cable_that_was_cut_short_is_plugged_again() -> None:
    plan = reference()
    seen = as_cabled(plan)
    links = seen["lab-ws1"]
    seen["lab-ws1"] = Links(links.interfaces, links.up - {"eth0"}, links.gateway)
    commands = missing(plan, seen)
    assert commands[0] == "ip -n lab-sw1 link delete gi1-0-1"
    assert "ip -n lab-ws1 link set eth0 up" in commands


def test_the_building_hangs_on_its_switch_and_edge() -> None:
    ends = {cable.left: cable.right for cable in reference().cables}
    assert ends["lab-sw1", "gi1-0-1"] == ("lab-ws1", "eth0")
    assert ends["lab-sw1", "gi1-0-24"] == ("lab-edge1", "lan0")
    assert ends["lab-edge1", "wan0"] == ("lab-resina1", "to-edge1")
    assert ends["lab-edge1", "wan1"] == ("lab-resina2", "to-edge1")


def test_one_core_is_the_gateway_of_the_data_centre_and_all_speak_to_each_other() -> None:
    machines = reference().machines
    assert machines["resina1"].addresses["lan0"] == "10.10.10.1/24"
    assert machines["resina2"].addresses["lan0"] == "10.10.10.254/24"
    assert machines["resina1"].addresses["core0"] == "10.255.0.1/30"
    assert machines["resina2"].addresses["core0"] == "10.255.0.2/30"


def test_names_of_interfaces_fit_the_kernel() -> None:
    for cable in reference().cables:
        for _, interface in (cable.left, cable.right):
            assert len(interface) <= 15


@pytest.mark.parametrize(
    ("port", "name"), [("TenGigabitEthernet1/0/48", "te1-0-48"), ("GigabitEthernet0/0/1", "gi0-0-1"), ("24", "p24")]
)
def test_the_lab_and_the_played_switch_name_a_port_alike(port: str, name: str) -> None:
    assert (nic(port), personality.nic(port)) == (name, name)
