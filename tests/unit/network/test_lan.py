"""What the inventory means for a switch, and what is found wrong with one."""

from dataclasses import replace

import pytest

from inventory.model import load
from roles.lan import targets
from roles.lan.intent import SwitchIntent, intent
from roles.lan.verify import problems
from roles.network.cisco_ios import shown
from roles.network.plan import plan
from roles.network.platforms import PLATFORMS
from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.vrp.personality import VRP
from roles.rendering import render
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


def test_a_huawei_switch_becomes_what_is_intended(wanted: SwitchIntent, tmp_path) -> None:
    renamed = [replace(port, name=port.name.replace("1/0/", "0/0/")) for port in wanted.ports]
    wanted, platform = replace(wanted, ports=tuple(renamed)), PLATFORMS["huawei_vrp"]
    text = render("lan/huawei_vrp.j2", switch=wanted)
    session = VRP.session(Switch(Plane(VRP), tmp_path / "saved", VRP))
    session.feed("system-view")
    for line in plan(platform, session.feed(platform.running), text).texts:
        assert not VRP.refuses(answer := session.feed(line)), (line, answer)
    session.end()
    assert platform.switch is not None
    assert problems(wanted, platform.switch.shown(session.feed)) == []
    assert plan(platform, session.feed(platform.running), text).lines == ()
    typed(session, f"system-view\ninterface {wanted.ports[0].name}\nport default vlan 99\nreturn")
    assert problems(wanted, platform.switch.shown(session.feed)) == [
        "GigabitEthernet0/0/1 is access 99, not access 10",
    ]
