"""The revert timer, as IOS has it: it needs an archive, belongs to who armed it, and needs no session to go back."""

import time
from pathlib import Path

import pytest

from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from tests.played import Plane, PlayedSwitch, typed

PENDING, NONE = "show archive config rollback timer", "%No Rollback Confirmed Change pending"
ARMED = "configure terminal\narchive\npath flash:before\nend\nconfigure terminal revert timer 2"


@pytest.fixture
def switch(tmp_path: Path) -> Switch:
    return Switch(Plane(), tmp_path / "startup-config", IOS, minute=0.05)


def test_it_needs_an_archive(session: Session) -> None:
    answer = session.feed("configure terminal revert timer 2")
    assert answer == "%Turn config archive on before using Rollback Confirmed Change"
    assert session.prompt == "Switch#"


def test_the_archive_is_part_of_the_configuration(session: Session) -> None:
    typed(session, "configure terminal\narchive\npath flash:before\nmaximum 5")
    assert session.prompt == "Switch(config-archive)#"
    assert "archive\n path flash:before\n maximum 5\n!" in session.feed("do show running-config")


def test_armed_it_says_where_the_copy_is_and_opens_configuration_mode(session: Session) -> None:
    said = typed(session, ARMED)
    assert "Rollback Confirmed Change: Backing up current running config to flash:before-1" in said
    assert session.prompt == "Switch(config)#"
    assert "Timer type: absolute timer\nTimer value: 2 min\nUser: console" in session.feed(f"do {PENDING}")


def test_what_is_confirmed_stays(session: Session, switch: Switch) -> None:
    typed(session, f"{ARMED}\nhostname new\nend")
    assert session.feed("configure confirm") == ""
    assert session.feed(PENDING) == NONE
    time.sleep(0.15)
    switch.tick()
    assert switch.config.hostname == "new"


def test_what_is_not_confirmed_goes_back_also_in_the_data_plane(session: Session, switch: Switch) -> None:
    typed(session, f"{ARMED}\nvlan 30\nname guests")
    applied = switch.plane.applied
    time.sleep(0.15)
    switch.tick()
    assert 30 not in switch.config.vlans
    assert switch.plane.applied == applied + 1
    session.feed("name again")  # its section is gone
    assert 30 not in switch.config.vlans


def test_it_goes_back_at_once_when_told(session: Session, switch: Switch) -> None:
    typed(session, f"{ARMED}\nhostname new\nend")
    assert "Rollback Done" in session.feed("configure revert now")
    assert (switch.config.hostname, switch.pending) == ("Switch", None)


@pytest.mark.parametrize("line", ["configure confirm", "configure revert now"])
def test_only_who_armed_it_decides(session: Session, switch: Switch, line: str) -> None:
    assert session.feed(line) == NONE
    typed(session, f"{ARMED}\nend")
    assert "belongs to console" in Session(switch, user="somebody").feed(line)
    assert switch.pending is not None


def test_a_second_one_is_refused(session: Session, switch: Switch) -> None:
    typed(session, f"{ARMED}\nend")
    assert "already pending" in Session(switch).feed("configure terminal revert timer 3")


def test_two_interfaces_never_have_the_same_network(session: Session) -> None:
    typed(session, "conf t\ninterface vlan 99\nip address 10.20.99.11 255.255.255.0\ninterface vlan 98")
    assert session.feed("ip address 10.20.99.12 255.255.255.0") == "% 10.20.99.0 overlaps with Vlan99"


def test_over_ssh_it_goes_back_though_nobody_is_there(tmp_path: Path) -> None:
    with PlayedSwitch(tmp_path, minute=0.1) as played:
        typed(Session(played.switch), f"{ARMED}\nhostname new\nend")
        deadline = time.monotonic() + 5
        while played.switch.config.hostname == "new" and time.monotonic() < deadline:
            time.sleep(0.02)
        assert played.switch.config.hostname == "Switch"
