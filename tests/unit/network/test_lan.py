"""What the inventory means for a switch, and what is found wrong with one."""

from dataclasses import replace

import pytest

from inventory.model import load
from roles.lan import targets
from roles.lan.intent import SwitchIntent, Vlan, intent
from roles.lan.verify import problems
from roles.network.cisco_ios import shown
from roles.network.plan import plan
from roles.network.platforms import PLATFORMS
from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.vrp.personality import VRP
from roles.rendering import render
from tests.made_up import secret_of
from tests.played import Plane, typed


@pytest.fixture
def wanted() -> SwitchIntent:
    return intent(load("lab").switches["sw1"])


def test_intent(wanted: SwitchIntent) -> None:
    assert [(vlan.number, vlan.name) for vlan in wanted.vlans] == [
        (10, "users"),
        (30, "guests"),
        (99, "management"),
        (998, "native-unused"),
        (999, "quarantine"),
    ]
    used = [port for port in wanted.ports if port.enabled]
    assert [(port.access, port.vlans) for port in used] == [(10, ()), (30, ()), (None, (10, 30, 99))]
    assert {port.access for port in wanted.ports if not port.enabled} == {999}
    assert len(wanted.ports) == 24
    assert (str(wanted.address), str(wanted.gateway)) == ("10.20.99.11/24", "10.20.99.1")


def test_what_people_plug_in_is_guarded_against_and_our_own_way_is_not(wanted: SwitchIntent) -> None:
    desk, uplink = wanted.ports[0], wanted.ports[-1]
    assert (desk.bpdu_guard, desk.root_guard, desk.macs, desk.lldp, desk.trusted) == (True, True, 3, False, False)
    assert (uplink.bpdu_guard, uplink.root_guard, uplink.macs, uplink.storm, uplink.trusted) == (
        False,
        False,
        None,
        None,
        True,
    )
    assert uplink.native not in uplink.vlans


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
        """,
    )
    for number in range(3, 24):
        typed(session, f"int gi1/0/{number}\nswitchport access vlan 999\nno vlan 999")
    session.end()
    assert problems(wanted, shown(session.feed)) == [
        "VLAN 30 guests is visitors",
        "VLAN 99 management is absent",
        "VLAN 998 native-unused is absent",
        "VLAN 999 quarantine is absent",
        "GigabitEthernet1/0/1 is access 30, not access 10",
        "GigabitEthernet1/0/24 is trunk 10,11,12, not trunk 10,30,99",
    ]


def test_the_cable_of_the_router_is_known() -> None:
    assert targets(load("lab"), secret_of)["sw1"].routers == {"GigabitEthernet1/0/24"}


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


@pytest.mark.parametrize(
    ("platform", "lines"),
    [
        (
            "cisco_ios",
            ["mls qos map cos-dscp 0 8 16 24 32 46 48 56", "mls qos", " mls qos trust cos", " mls qos trust dscp"],
        ),
        (
            "huawei_vrp",
            [" if-match vlan-id 20", " remark dscp ef", " remark dscp default", " traffic-policy marks inbound"],
        ),
        ("hp_procurve", ["   qos dscp ef"]),
    ],
)
def test_telephones_have_their_mark_and_desks_none(wanted: SwitchIntent, platform: str, lines: list[str]) -> None:
    desk = replace(wanted.ports[0], voice=20)
    vlans = (*wanted.vlans, Vlan(20, "voice"))
    services = replace(wanted.services, marks={20: "ef"})
    wanted = replace(wanted, vlans=vlans, ports=(desk, *wanted.ports[1:]), services=services)
    text = render(f"lan/{platform}.j2", switch=wanted).splitlines()
    assert [line for line in lines if line not in text] == []
    assert wanted.marked_priorities == [0, 8, 16, 24, 32, 46, 48, 56]


def test_a_network_without_tag_has_its_mark_too(wanted: SwitchIntent) -> None:
    wanted = replace(wanted, services=replace(wanted.services, marks={10: "af41"}))
    text = render("lan/cisco_ios.j2", switch=wanted)
    assert "\n mls qos cos 4\n mls qos trust cos\n" in text
    assert wanted.marked_priorities[4] == 34


def test_where_nobody_declares_marks_nothing_is_erased(wanted: SwitchIntent) -> None:
    assert "mls qos" not in render("lan/cisco_ios.j2", switch=wanted)
    assert "traffic" not in render("lan/huawei_vrp.j2", switch=wanted)
