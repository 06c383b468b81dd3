"""What the inventory means for a ProCurve: rendered, planned, typed, verified, and then nothing to do."""

from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest

from roles.lan.intent import SwitchIntent, SwitchPort, Vlan
from roles.lan.services import Services
from roles.lan.verify import problems
from roles.network.hp_procurve import HP_PROCURVE
from roles.network.plan import plan
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.procurve.cli import Session
from roles.played.switch.files.switch.procurve.personality import PROCURVE
from roles.rendering import render
from tests.played import Plane, typed


def desk(name: str, voice: int | None = None) -> SwitchPort:
    return SwitchPort(
        name,
        "ws",
        access=10,
        vlans=(),
        voice=voice,
        edge=True,
        bpdu_guard=True,
        root_guard=True,
        dhcp_rate=15,
        storm=500,
        macs=3,
        lldp=False,
    )


@pytest.fixture
def wanted() -> SwitchIntent:
    names = {10: "users", 20: "guests", 40: "voice", 99: "management", 998: "native-unused", 999: "quarantine"}
    return SwitchIntent(
        hostname="sw2",
        vlans=tuple(Vlan(number, name) for number, name in names.items()),
        ports=(
            desk("1", voice=40),
            desk("2"),
            *(SwitchPort(str(number), "unused", access=999, vlans=(), enabled=False) for number in range(3, 24)),
            SwitchPort("24", "edge1", None, (10, 20, 40, 99), native=998, edge=True, trusted=True),
        ),
        management_vlan=99,
        address=IPv4Interface("10.20.99.12/24"),
        gateway=IPv4Address("10.20.99.1"),
        quarantine=999,
        stp_priority=4096,
        snooped=(10, 20, 40),
        inspected=(10, 20),
        services=Services(
            administration="Exemple",
            ntp=(IPv4Address("10.10.10.11"),),
            syslog=(IPv4Address("10.10.10.20"),),
            bastions=(IPv4Address("10.10.10.10"),),
            fixed={20: (IPv4Address("10.20.20.5"),)},
        ),
    )


@pytest.fixture
def session(wanted: SwitchIntent, tmp_path: Path) -> Session:
    """On a switch that came from the factory, and was then sent its plan."""
    session = PROCURVE.session(Switch(Plane(PROCURVE), tmp_path / "startup-config", PROCURVE))
    typed(session, "configure")
    for line in plan(HP_PROCURVE, session.feed("show running-config"), intended(wanted)).texts:
        assert not PROCURVE.refuses(answer := session.feed(line.strip())), (line, answer)
        assert not session.keyed, line
    session.end()
    return session


def intended(wanted: SwitchIntent) -> str:
    return render("lan/hp_procurve.j2", switch=wanted)


def test_it_verifies_and_there_is_nothing_more_to_do(wanted: SwitchIntent, session: Session) -> None:
    facts = HP_PROCURVE.switch
    assert facts is not None
    assert problems(wanted, facts.shown(session.feed)) == []
    assert plan(HP_PROCURVE, session.feed("show running-config"), intended(wanted)).lines == ()
    session.switch.save()
    session.switch.restart()
    assert plan(HP_PROCURVE, session.feed("show running-config"), intended(wanted)).lines == ()


def test_what_people_plug_in_is_guarded_against_and_our_own_way_is_not(session: Session) -> None:
    config = session.switch.config
    desk, uplink = config.port("1"), config.port("24")
    assert (desk.protection.bpduguard, desk.protection.rootguard, desk.protection.portfast) == (True, True, True)
    assert (desk.protection.macs, desk.protection.storm, desk.protection.storm_shuts) == (3, 500, True)
    assert (desk.protection.no_servers, desk.protection.lldp) == (True, False)
    assert (uplink.protection.bpduguard, uplink.protection.no_servers, uplink.protection.macs) == (False, False, None)
    assert (uplink.allowed, uplink.native, config.port("3").enabled) == ({10, 20, 40, 99, 998}, 998, False)
    assert (config.guards.rapid, config.guards.priority, config.guards.recovery) == (True, 4096, 300)


def test_what_is_wrong_is_named(wanted: SwitchIntent, session: Session) -> None:
    facts = HP_PROCURVE.switch
    assert facts is not None
    typed(session, "configure\nvlan 20 untagged 2\nvlan 20 tagged 1\nvlan 99 untagged 24\nno vlan 40 tagged 24\nend")
    assert problems(wanted, facts.shown(session.feed)) == [
        "1 is trunk 20,40, not access 10",
        "2 is access 20, not access 10",
        "24 is trunk 10,20, not trunk 10,20,40,99",
    ]
