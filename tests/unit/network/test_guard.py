"""A push that is interrupted, refused or too slow leaves the switch as it was: over SSH, against the lab's switch."""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from roles.network.change import ChangeError, Target, apply
from roles.network.cisco_ios import CISCO_IOS
from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.management import Door
from tests.played import PlayedSwitch, logged_in, typed

MINUTE = 0.4  # seconds: the guard's 5 minutes are 2 seconds
RUNNING = """
    configure terminal
    hostname sw1
    archive
    path flash:before-change
    vlan 10
    name users
    vlan 99
    name management
    interface GigabitEthernet1/0/1
    switchport access vlan 10
    switchport mode access
    interface GigabitEthernet1/0/23
    switchport trunk allowed vlan 10,99
    switchport mode trunk
    interface GigabitEthernet1/0/24
    switchport trunk allowed vlan 10,99
    switchport mode trunk
    interface Vlan99
    ip address 10.20.99.11 255.255.255.0
    ip default-gateway 10.20.99.1
    end
    write memory
"""
INTENDED = """\
hostname sw1
archive
 path flash:before-change
vlan 10
 name people
vlan 30
 name guests
vlan 99
 name management
interface GigabitEthernet1/0/1
 switchport access vlan 30
 switchport mode access
interface GigabitEthernet1/0/24
 switchport trunk allowed vlan 10,30,99
 switchport mode trunk
interface Vlan99
 ip address 10.20.99.11 255.255.255.0
ip default-gateway 10.20.99.1
"""


def start(folder: Path, door: Door | None = None, minute: float = MINUTE) -> PlayedSwitch:
    played = PlayedSwitch(folder, minute, door)
    typed(Session(played.switch), RUNNING)
    return played


PLATFORM = CISCO_IOS
session = partial(logged_in, PLATFORM)


def went_back(played: PlayedSwitch, before: str) -> bool:
    """Whether the switch is as before, or will be: its timer needs no session."""
    deadline = time.monotonic() + 10
    while (changed := played.config != before or played.switch.pending) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not changed and played.switch.saved == f"{before}\nend\n"


def test_armed_confirmed_saved(played: PlayedSwitch, target: Target) -> None:
    with session(played) as connection:
        outcome = apply(connection, target, login=lambda: session(played))
        assert not apply(connection, target).changed
    assert outcome.lines[0] == "vlan 10"
    assert played.switch.pending is None
    time.sleep(6 * MINUTE)
    assert " name guests\n" in played.config  # nothing goes back later
    assert played.switch.saved == f"{played.config}\nend\n"


@pytest.mark.parametrize("line", ["name guests", "switchport access vlan 30", "allowed vlan add 30"])
def test_a_session_that_is_lost_and_comes_back(played: PlayedSwitch, target: Target, line: str) -> None:
    before = played.config
    played.switch.faults.lost_at = line
    with session(played) as connection, pytest.raises(ChangeError, match="the device is as it was before"):
        apply(connection, target, login=lambda: session(played))
    assert went_back(played, before)


def test_a_session_that_is_lost_for_good(played: PlayedSwitch, target: Target) -> None:
    before = played.config
    played.switch.faults.lost_at = "name guests"
    with session(played) as connection, pytest.raises(ChangeError, match="goes back by itself within 5 minutes"):
        apply(connection, target)
    assert " name guests\n" in played.config  # and nobody is there to undo it
    assert went_back(played, before)


def test_a_question_that_nobody_expects(played: PlayedSwitch, target: Target) -> None:
    before = played.config
    played.switch.faults.stuck_at = "name guests"
    with session(played) as connection, pytest.raises(ChangeError, match="the device is as it was before"):
        apply(connection, target, login=lambda: session(played))
    assert went_back(played, before)


def test_a_line_that_is_refused_in_the_middle(played: PlayedSwitch, target: Target) -> None:
    before = played.config
    overlapping = replace(target, intended=f"{INTENDED}interface Vlan10\n ip address 10.20.99.7 255.255.255.0\n")
    with session(played) as connection, pytest.raises(ChangeError, match=r"overlaps with Vlan99|ip address 10.20.99.7"):
        apply(connection, overlapping)
    assert went_back(played, before)


def test_what_takes_longer_than_the_guard_waits(played: PlayedSwitch, target: Target) -> None:
    before = played.config

    def too_late(_show: object) -> list[str]:
        time.sleep(7 * MINUTE)
        return []

    with session(played) as connection, pytest.raises(ChangeError, match="No Rollback Confirmed Change pending"):
        apply(connection, replace(target, problems=too_late))
    assert went_back(played, before)


def test_a_slow_switch_that_logs_between_its_answers(played: PlayedSwitch, target: Target) -> None:
    played.switch.faults.slow = 0.03
    played.switch.faults.logged = (
        "*Mar  1 00:01:02.345: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/2, changed state to up"
    )
    with session(played) as connection:
        assert apply(connection, target).changed
        assert not apply(connection, target).changed
    assert " name guests\n" in played.config


def test_an_earlier_change_that_is_not_confirmed_is_waited_for(played: PlayedSwitch, target: Target) -> None:
    typed(Session(played.switch, user="somebody"), "configure terminal revert timer 100")
    with session(played) as connection, pytest.raises(ChangeError, match="an earlier change waits for its end"):
        apply(connection, target)
    assert "guests" not in played.config


def test_without_an_archive_there_is_no_guard_and_no_change(played: PlayedSwitch, target: Target) -> None:
    typed(Session(played.switch), "configure terminal\nno archive\nend")
    before = played.config
    bare = replace(target, intended=INTENDED.replace("archive\n path flash:before-change\n", ""))
    with session(played) as connection, pytest.raises(ChangeError, match="Turn config archive on"):
        apply(connection, bare)
    assert played.config == before


def test_a_plan_that_locks_out_is_refused_before_anything_is_sent(played: PlayedSwitch, target: Target) -> None:
    before = played.config
    suicide = replace(target, intended=INTENDED[: INTENDED.index("interface Vlan99")] + "ip default-gateway 10.1.1.1\n")
    with session(played) as connection, pytest.raises(ChangeError, match="refused, and nothing was sent: it would cut"):
        apply(connection, suicide)
    assert (played.config, played.switch.pending) == (before, None)


def test_a_cut_that_nobody_could_foresee_heals_by_itself(tmp_path: Path, target: Target) -> None:
    # Both trunks carry the management VLAN, and no address is learned in it: the switch cannot tell which is ours.
    door = Door("GigabitEthernet1/0/24", {"127.0.0.1": "10.20.99.11"})
    with start(tmp_path, door) as played:
        before = played.config
        cutting = replace(target, intended=INTENDED.replace("10,30,99", "10,30"))
        with session(played) as connection, pytest.raises(ChangeError, match="goes back by itself"):
            apply(connection, cutting, login=lambda: session(played))
        assert went_back(played, before)
        with session(played) as connection:  # and everybody gets in again
            assert apply(connection, target, login=lambda: session(played)).changed


@pytest.mark.parametrize(
    ("vlan", "address"),
    [
        pytest.param(98, "10.20.98.11", id="to another network: the new path before the old goes"),
        pytest.param(98, "10.20.99.12", id="to another VLAN with the same network: in one write"),
        pytest.param(99, "10.20.99.12", id="to another address: in one write"),
    ],
)
def test_the_management_address_moves(tmp_path: Path, target: Target, vlan: int, address: str) -> None:
    door = Door("GigabitEthernet1/0/24", {"127.0.0.1": "10.20.99.11", "127.0.0.3": address})
    gateway = address.rsplit(".", 1)[0] + ".1"
    moved = INTENDED.replace(
        "interface Vlan99\n ip address 10.20.99.11", f"interface Vlan{vlan}\n ip address {address}"
    )
    moved = moved.replace("gateway 10.20.99.1\n", f"gateway {gateway}\n").replace("10,30,99", "10,30,98,99")
    moved = moved.replace("vlan 99\n", "vlan 98\n name newer\nvlan 99\n", 1)
    with start(tmp_path, door) as played, played.also("sw1-new", "127.0.0.3"):
        with session(played) as connection:
            outcome = apply(connection, replace(target, intended=moved), login=lambda: session(played, "sw1-new"))
        assert outcome.saved
        assert f"interface Vlan{vlan}\n ip address {address}" in (played.switch.saved or "")
        assert played.switch.pending is None
        with session(played, "sw1-new") as connection:
            assert not apply(connection, replace(target, intended=moved)).changed


def test_the_management_address_moves_to_where_nobody_reaches_it(tmp_path: Path, target: Target) -> None:
    door = Door("GigabitEthernet1/0/24", {"127.0.0.1": "10.20.99.11"})
    moved = INTENDED.replace("ip address 10.20.99.11", "ip address 10.20.99.13")
    with start(tmp_path, door, minute=1.0) as played:
        before = played.config
        with session(played) as connection, pytest.raises(ChangeError, match="nobody gets in any more"):
            apply(connection, replace(target, intended=moved), login=lambda: session(played))
        assert went_back(played, before)
