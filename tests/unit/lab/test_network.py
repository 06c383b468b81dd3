"""The lab's network is derived from the inventory, and only what is missing is added."""

import shutil
from pathlib import Path

import pytest

from inventory.model import load
from roles.lab.network import Links, missing
from roles.lab.topology import Topology, nic, topology
from roles.played.switch.files.switch import personality

INVENTORY = Path(__file__).resolve().parents[1] / "inventory"


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
    for place in plan.places:
        for interface, address in place.addresses.items():
            interfaces[place.namespace].setdefault(interface, []).append(address)
    gateways = {place.namespace: place.gateway for place in plan.places}
    macs = {place.namespace: place.macs for place in plan.places}
    return {n: Links(links, frozenset(links), gateways.get(n), macs.get(n, {})) for n, links in interfaces.items()}


def test_nothing_is_missing_once_cabled() -> None:
    plan = reference()
    assert missing(plan, as_cabled(plan)) == []


def test_an_empty_machine_gets_everything() -> None:
    commands = missing(reference(), {})
    assert "ip netns add lab-mail1" in commands
    assert "ip -n lab-ws1 route replace default via 10.20.10.1" in commands
    assert "ip -n lab-ws1 link set eth0 address 02:00:0a:14:0a:15" in commands


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


def test_the_cores_have_addresses_of_their_own_in_the_data_centre_and_speak_to_each_other() -> None:
    machines = reference().machines
    assert machines["resina1"].addresses["lan0"] == "10.10.10.254/24"
    assert machines["resina2"].addresses["lan0"] == "10.10.10.253/24"
    assert machines["resina1"].addresses["core0"] == "10.255.0.1/30"
    assert machines["resina2"].addresses["core0"] == "10.255.0.2/30"


def test_a_cable_between_switches_is_one(tmp_path: Path) -> None:
    shutil.copytree(INVENTORY / "sample", tmp_path / "inventory")
    shutil.copy(INVENTORY / "buildings/sante-siege.yaml", tmp_path / "inventory/sites")
    cables = topology(load("lab", tmp_path / "inventory")).cables
    between = [(cable.left, cable.right) for cable in cables if {cable.left[0][:7], cable.right[0][:7]} == {"lab-sw1"}]
    assert between == [
        (("lab-sw11", "gi0-0-1"), ("lab-sw12", "gi1-0-47")),
        (("lab-sw11", "gi0-0-2"), ("lab-sw13", nic("24"))),
        (("lab-sw12", "gi1-0-48"), ("lab-sw13", nic("23"))),
    ]


def test_a_bastion_is_a_place_in_the_data_centre_without_a_machine() -> None:
    plan = reference()
    assert (plan.bastions["bastion1"].addresses, plan.bastions["bastion1"].gateway) == (
        {"eth0": "10.10.10.10/24"},
        "10.10.10.1",
    )
    assert ("lab-bastion1", "eth0") in {cable.right for cable in plan.cables}
    assert "bastion1" not in plan.machines


def test_names_of_interfaces_fit_the_kernel() -> None:
    for cable in reference().cables:
        for _, interface in (cable.left, cable.right):
            assert len(interface) <= 15


@pytest.mark.parametrize(
    ("port", "name"), [("TenGigabitEthernet1/0/48", "te1-0-48"), ("GigabitEthernet0/0/1", "gi0-0-1"), ("24", "p24")]
)
def test_the_lab_and_the_played_switch_name_a_port_alike(port: str, name: str) -> None:
    assert (nic(port), personality.nic(port)) == (name, name)
