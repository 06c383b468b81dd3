"""What the inventory means for a switch, and what is found wrong with one."""

import pytest

from inventory.model import load
from roles.lan import targets
from roles.lan.intent import SwitchIntent, intent
from roles.lan.verify import problems
from roles.network.cisco_ios import shown
from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from tests.played import Plane, typed


@pytest.fixture
def wanted() -> SwitchIntent:
    return intent(load("lab").switches["sw1"])


def test_intent(wanted: SwitchIntent) -> None:
    assert [(vlan.number, vlan.name) for vlan in wanted.vlans] == [(10, "users"), (30, "guests"), (99, "management")]
    assert [(port.access, port.vlans) for port in wanted.ports] == [(10, ()), (30, ()), (None, (10, 30, 99))]
    assert (str(wanted.address), str(wanted.gateway)) == ("10.20.99.11/24", "10.20.99.1")


def test_problems_name_the_port_and_both_states(wanted: SwitchIntent, tmp_path) -> None:
    session = Session(Switch(Plane(), tmp_path / "startup-config", IOS))
    typed(
        session,
        """
        conf t
        vlan 10
        name users
        vlan 30
        name visitors
        int gi1/0/1
        switchport access vlan 30
        int gi1/0/2
        switchport access vlan 30
        int gi1/0/24
        switchport trunk allowed vlan 10-12
        switchport mode trunk
        end
        """,
    )
    assert problems(wanted, shown(session.feed)) == [
        "VLAN 30 guests is visitors",
        "VLAN 99 management is absent",
        "GigabitEthernet1/0/1 is access 30, not access 10",
        "GigabitEthernet1/0/24 is trunk 10,11,12, not trunk 10,30,99",
    ]


def test_the_cable_of_the_router_is_known() -> None:
    assert targets(load("lab"))["sw1"].routers == {"GigabitEthernet1/0/24"}
