"""A push that is interrupted, refused or too slow leaves a ProCurve as it was: over SSH, against the lab's switch.

It has no confirmed change: its guard is a restart with what is saved, and its lines are taken back where they can be.
"""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from roles.network.change import ChangeError, Target, apply
from roles.network.hp_procurve import HP_PROCURVE
from roles.played.switch.files.switch.management import Door
from roles.played.switch.files.switch.procurve.personality import PROCURVE
from tests.played import PlayedSwitch, logged_in, typed

PATIENT, HASTY = 12.0, 0.4  # seconds of a minute: the guard's 5 minutes are out of the way, or 2 seconds
RUNNING = """
    configure
    hostname "sw1"
    vlan 10
    name "users"
    untagged 1-4
    tagged 24
    vlan 99
    name "management"
    tagged 24
    ip address 10.20.99.11 255.255.255.0
    vlan 1
    no untagged 24
    no ip address
    exit
    ip default-gateway 10.20.99.1
    snmp-server location "cave"
    end
    write memory
"""
INTENDED = """\
hostname "sw1"
vlan 10
   name "people"
   exit
vlan 30
   name "guests"
   exit
vlan 99
   name "management"
   ip address 10.20.99.11 255.255.255.0
   exit
vlan 1
   exit
interface 1
   name "guest1"
   untagged vlan 30
   exit
interface 2
   name "ws2"
   untagged vlan 10
   exit
interface 24
   name "edge1"
   tagged vlan 10
   tagged vlan 30
   tagged vlan 99
   exit
ip default-gateway 10.20.99.1
"""


def start(folder: Path, door: Door | None = None, minute: float = PATIENT) -> PlayedSwitch:
    played = PlayedSwitch(folder, minute, door, personality=PROCURVE)
    typed(PROCURVE.session(played.switch), RUNNING)
    return played


PLATFORM = HP_PROCURVE
session = partial(logged_in, PLATFORM)


def went_back(played: PlayedSwitch, before: str) -> bool:
    """Whether the switch is as before, or will be: its restart needs no session."""
    deadline = time.monotonic() + 10
    while (changed := played.config != before or played.switch.pending) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not changed and played.switch.saved == f"{before}\n"


def test_scheduled_called_off_saved(played: PlayedSwitch, target: Target) -> None:
    with session(played) as connection:
        outcome = apply(connection, target, login=lambda: session(played))
        assert not apply(connection, target).changed
    assert (outcome.lines[0], outcome.saved) == ("interface 1", True)
    assert played.switch.pending is None
    assert '   name "guests"\n' in played.config
    assert played.switch.saved == f"{played.config}\n"


def test_what_its_show_commands_say_is_what_was_intended(played: PlayedSwitch, target: Target) -> None:
    facts = HP_PROCURVE.switch
    assert facts is not None
    with session(played) as connection:
        apply(connection, target)
        shown = facts.shown(lambda command: str(connection.send_command(command)))
        hosts = facts.hosts(str(connection.send_command(facts.mac_table)))
    assert shown.vlans == {1: "DEFAULT_VLAN", 10: "people", 30: "guests", 99: "management"}
    assert (shown.ports["1"].access, shown.ports["2"].access, shown.ports["7"].access) == (30, 10, 1)
    assert (shown.ports["24"].trunk, shown.ports["24"].tagged) == (True, {10, 30, 99})
    assert [(host.vlan, host.mac, host.port) for host in hosts] == [(10, "02000a-140a15", "1")]


@pytest.mark.parametrize("line", ["name .guests", "untagged 1", "tagged 24"])
def test_a_session_that_is_lost_and_comes_back(hasty: PlayedSwitch, target: Target, line: str) -> None:
    before = hasty.config
    hasty.switch.faults.lost_at = line
    with session(hasty) as connection, pytest.raises(ChangeError) as failed:
        # What is taken back passes the same line, where the session is lost again: then it is the restart that helps.
        apply(connection, target, login=lambda: session(hasty))
    assert "as it was before" in str(failed.value) or "goes back by itself within 5 minutes" in str(failed.value)
    assert went_back(hasty, before)


def test_a_session_that_is_lost_for_good(hasty: PlayedSwitch, target: Target) -> None:
    before = hasty.config
    hasty.switch.faults.lost_at = "name .guests"
    with session(hasty) as connection, pytest.raises(ChangeError, match="goes back by itself within 5 minutes"):
        apply(connection, target)
    assert '   name "guests"\n' in hasty.config  # and nobody is there to undo it
    assert went_back(hasty, before)
    assert hasty.switch.sessions == set()  # it restarted


def test_a_question_that_nobody_expects(played: PlayedSwitch, target: Target) -> None:
    before = played.config
    played.switch.faults.stuck_at = "name .guests"
    with session(played) as connection, pytest.raises(ChangeError, match="the device is as it was before"):
        apply(connection, target, login=lambda: session(played))
    assert (played.config, played.switch.pending) == (before, None)


def test_a_line_that_is_refused_in_the_middle_is_taken_back_without_a_restart(
    played: PlayedSwitch, target: Target
) -> None:
    before = played.config
    overlapping = replace(
        target, intended=INTENDED.replace('"guests"\n', '"guests"\n   ip address 10.20.99.7 255.255.255.0\n')
    )
    with session(played) as connection:
        with pytest.raises(ChangeError, match=r"already exists.*the device is as it was before"):
            apply(connection, overlapping)
        assert (played.config, played.switch.pending) == (before, None)  # at once, in the same session
        assert connection.is_alive()
    assert went_back(played, before)


def test_what_takes_longer_than_the_guard_waits(hasty: PlayedSwitch, target: Target) -> None:
    before = hasty.config

    def too_late(_show: object) -> list[str]:
        time.sleep(7 * HASTY)
        return []

    with session(hasty) as connection, pytest.raises(ChangeError, match=r"the device|closed"):
        apply(connection, replace(target, problems=too_late), login=lambda: session(hasty))
    assert went_back(hasty, before)


def test_what_runs_and_is_not_saved_is_never_risked(played: PlayedSwitch, target: Target) -> None:
    typed(PROCURVE.session(played.switch), 'configure\nsnmp-server location "grenier"\nend')
    before = played.config
    with (
        session(played) as connection,
        pytest.raises(ChangeError, match=r"it runs what is not saved.*nothing was sent"),
    ):
        apply(connection, target)
    assert (played.config, played.switch.pending) == (before, None)


def test_a_restart_of_somebody_else_is_waited_for(played: PlayedSwitch, target: Target) -> None:
    somebody = PROCURVE.session(played.switch)
    typed(somebody, "reload after 100\ny")
    with session(played) as connection, pytest.raises(ChangeError, match="an earlier change waits for its end"):
        apply(connection, target)
    assert "guests" not in played.config
    assert typed(somebody, "no reload\nshow reload after") == "No reload is scheduled."


def test_a_slow_switch_that_logs_between_its_answers(played: PlayedSwitch, target: Target) -> None:
    played.switch.faults.slow = 0.01
    played.switch.faults.logged = "I 01/01/90 00:00:16 00076 ports: port 5 is now on-line"
    with session(played) as connection:
        assert apply(connection, target).changed
        assert not apply(connection, target).changed
    assert '   name "guests"\n' in played.config


def test_a_cut_that_nobody_could_foresee_heals_by_itself(tmp_path: Path, target: Target) -> None:
    # Two ports carry the management VLAN, and no address is learned in it: the switch cannot tell which is ours.
    door = Door("24", {"127.0.0.1": "10.20.99.11"})
    with start(tmp_path, door, minute=1.0) as played:
        typed(PROCURVE.session(played.switch), "configure\nvlan 99 tagged 23\nend\nwrite memory")
        before = played.config
        cutting = replace(target, intended=INTENDED.replace("   tagged vlan 99\n", ""))
        with session(played) as connection, pytest.raises(ChangeError, match="goes back by itself"):
            apply(connection, cutting, login=lambda: session(played))
        assert went_back(played, before)
        played.switch.minute = PATIENT
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
    door = Door("24", {"127.0.0.1": "10.20.99.11", "127.0.0.3": address})
    moved = INTENDED.replace("   ip address 10.20.99.11 255.255.255.0\n", "")
    moved = moved.replace(
        'vlan 99\n   name "management"\n', 'vlan 98\n   name "newer"\n   exit\nvlan 99\n   name "management"\n'
    )
    moved = moved.replace(f"vlan {vlan}\n", f"vlan {vlan}\n   ip address {address} 255.255.255.0\n", 1)
    moved = moved.replace("   tagged vlan 99\n", "   tagged vlan 98\n   tagged vlan 99\n")
    moved = moved.replace("gateway 10.20.99.1\n", f"gateway {address.rsplit('.', 1)[0]}.1\n")
    with start(tmp_path, door) as played, played.also("sw1-new", "127.0.0.3"):
        with session(played) as connection:
            outcome = apply(connection, replace(target, intended=moved), login=lambda: session(played, "sw1-new"))
        assert outcome.saved
        assert f"ip address {address}" in (played.switch.saved or "")
        assert played.switch.pending is None
        with session(played, "sw1-new") as connection:
            assert not apply(connection, replace(target, intended=moved)).changed
