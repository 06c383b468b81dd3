"""Huawei VRP over SSH, against the lab's: what fails is taken back, or the scheduled restart brings what was saved."""

import time
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from netmiko import BaseConnection
from netmiko.exceptions import ConfigInvalidException

from roles.network import change
from roles.network.change import ChangeError, Target, apply
from roles.network.huawei_session import HuaweiSession
from roles.network.huawei_vrp import HUAWEI_VRP
from roles.played.switch.files.switch.management import Door, reached
from roles.played.switch.files.switch.vrp.personality import VRP
from tests.played import PlayedSwitch, logged_in, typed
from tests.waiting import within

HASTY = 0.6  # seconds, where the guard's 5 minutes must pass: 3 seconds
RUNNING = """
    system-view
    sysname sw1
    vlan batch 10 99
    vlan 10
    description users
    interface GigabitEthernet0/0/1
    port link-type access
    port default vlan 10
    interface GigabitEthernet0/0/23
    port link-type trunk
    undo port trunk allow-pass vlan 1
    port trunk allow-pass vlan 10 99
    interface GigabitEthernet0/0/24
    port link-type trunk
    undo port trunk allow-pass vlan 1
    port trunk allow-pass vlan 10 99
    interface Vlanif99
    ip address 10.20.99.11 255.255.255.0
    ip route-static 0.0.0.0 0.0.0.0 10.20.99.1
    return
    save
    y
    vrpcfg.zip
"""
INTENDED = """\
sysname sw1
vlan batch 10 30 99
vlan 10
 description people
vlan 30
 description guests
interface GigabitEthernet0/0/1
 port link-type access
 port default vlan 30
interface GigabitEthernet0/0/24
 port link-type trunk
 undo port trunk allow-pass vlan 1
 port trunk allow-pass vlan 10 30 99
interface Vlanif99
 ip address 10.20.99.11 255.255.255.0
ip route-static 0.0.0.0 0.0.0.0 10.20.99.1
"""
LOGGED = (
    "Apr 25 2026 10:00:01-08:00 sw1 %%01IFNET/4/IF_STATE(l)[0]:GigabitEthernet0/0/2 has turned into UP state.",
    "#Apr 25 2026 10:00:01 sw1 DS/4/DATASYNC_CFGCHANGE:OID 1.3.6.1.4.1.2011.5.25.191.3.1 configurations have changed.",
    "%Apr 25 2026 10:00:01 sw1 %%01SHELL/5/CMDRECORD(l)[1]:Recorded command information.",
)


class Quick(HuaweiSession):
    """A session with a switch that is near."""

    prompt_timeout = 1.0


def start(folder: Path, door: Door | None = None, minute: float = 60.0) -> PlayedSwitch:
    played = PlayedSwitch(folder, minute, door, VRP)
    typed(VRP.session(played.switch), RUNNING)
    assert played.switch.saved == VRP.dump(played.switch.config)
    return played


PLATFORM = replace(HUAWEI_VRP, session=Quick)
session = partial(logged_in, PLATFORM)


def restarted(played: PlayedSwitch, before: str) -> bool:
    """Whether the switch comes back with what was saved, which is what it ran: no session is needed for that."""
    return within(20, lambda: played.switch.pending is None and played.config == before)


def test_scheduled_verified_called_off_saved(hasty: PlayedSwitch, target: Target) -> None:
    with session(hasty) as connection:
        outcome = apply(connection, target, login=lambda: session(hasty))
        assert not apply(connection, target).changed
    assert "vlan 30" in outcome.lines
    assert hasty.switch.pending is None
    time.sleep(6 * HASTY)
    assert " description guests\n" in hasty.config  # no restart came
    assert hasty.switch.saved == VRP.dump(hasty.switch.config)


def test_a_line_that_is_refused_in_the_middle_is_taken_back(played: PlayedSwitch, target: Target) -> None:
    before = played.config
    overlapping = replace(target, intended=f"{INTENDED}interface Vlanif10\n ip address 10.20.99.7 255.255.255.0\n")
    with session(played) as connection, pytest.raises(ChangeError, match=r"conflicts with.*is as it was before"):
        apply(connection, overlapping)
    assert (played.config, played.switch.pending) == (before, None)
    assert played.switch.saved == f"{before}\nreturn\n"


@pytest.mark.parametrize("line", ["description guests", "port default vlan 30", "^ *port trunk allow-pass vlan 30"])
def test_a_session_that_is_lost_and_comes_back(played: PlayedSwitch, target: Target, line: str) -> None:
    before = played.config
    played.switch.faults.lost_at = line
    with session(played) as connection, pytest.raises(ChangeError, match="the device is as it was before"):
        apply(connection, target, login=lambda: session(played))
    assert (played.config, played.switch.pending) == (before, None)


def test_a_session_that_is_lost_for_good_heals_by_the_restart(hasty: PlayedSwitch, target: Target) -> None:
    before = hasty.config
    hasty.switch.faults.lost_at = "description guests"
    with session(hasty) as connection, pytest.raises(ChangeError, match="goes back by itself within 5 minutes"):
        apply(connection, target)
    assert " description guests\n" in hasty.config  # and nobody is there to take it back
    assert restarted(hasty, before)


def test_a_question_that_nobody_expects(played: PlayedSwitch, target: Target) -> None:
    before = played.config
    played.switch.faults.stuck_at = "description guests"
    with session(played) as connection, pytest.raises(ChangeError, match="the device is as it was before"):
        apply(connection, target, login=lambda: session(played))
    assert (played.config, played.switch.pending) == (before, None)


def test_a_session_that_hangs_is_taken_back_by_another(played: PlayedSwitch, target: Target) -> None:
    before, began = played.config, time.monotonic()
    played.switch.faults.held_at = "description guests"
    with session(played) as connection, pytest.raises(ChangeError, match="the device is as it was before"):
        apply(connection, target, login=lambda: session(played))
    assert (played.config, played.switch.pending) == (before, None)
    assert time.monotonic() - began < 10  # the dead session is not asked for a configuration


def test_what_is_not_saved_would_be_lost_so_nothing_is_sent(played: PlayedSwitch, target: Target) -> None:
    typed(VRP.session(played.switch), "system-view\nvlan 40\nreturn")
    before = played.config
    with session(played) as connection, pytest.raises(ChangeError, match=r"what is not saved.*nothing was sent"):
        apply(connection, target)
    assert (played.config, played.switch.pending) == (before, None)


def test_what_takes_longer_than_the_guard_waits(hasty: PlayedSwitch, target: Target) -> None:
    before = hasty.config

    def too_late(_show: object) -> list[str]:
        time.sleep(7 * HASTY)
        return []

    with session(hasty) as connection, pytest.raises(ChangeError):
        apply(connection, replace(target, problems=too_late))
    assert restarted(hasty, before)
    assert hasty.switch.saved == f"{before}\nreturn\n"


def test_a_restart_that_somebody_scheduled_is_waited_for(played: PlayedSwitch, target: Target) -> None:
    typed(VRP.session(played.switch), "schedule reboot delay 100\ny")
    with session(played) as connection, pytest.raises(ChangeError, match="an earlier change waits for its end"):
        apply(connection, target)
    assert "guests" not in played.config


FIRST = """\
vlan batch 99
interface GigabitEthernet0/0/24
 port link-type trunk
 undo port trunk allow-pass vlan 1
 port trunk allow-pass vlan 99
interface Vlanif99
 ip address 10.20.99.11 255.255.255.0
ip route-static 0.0.0.0 0.0.0.0 10.20.99.1
"""


def test_a_slow_switch_from_the_factory_has_taken_a_whole_port_before_its_next_section(
    tmp_path: Path, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "CUT", 0.01)
    with PlayedSwitch(tmp_path, personality=VRP) as factory:
        factory.switch.faults.slow = 0.02  # seconds a line
        with session(factory) as connection:
            first = replace(target, intended=FIRST, console=True)
            assert apply(connection, first, login=lambda: session(factory)).saved
        assert factory.switch.pending is None


@pytest.mark.parametrize("logged", LOGGED, ids=["since V200", "DATASYNC", "older"])
def test_a_slow_switch_that_logs_between_its_answers(played: PlayedSwitch, target: Target, logged: str) -> None:
    played.switch.faults.slow = 0.02
    played.switch.faults.logged = logged
    with session(played) as connection:
        assert apply(connection, target).changed
        assert not apply(connection, target).changed
    assert " description guests\n" in played.config


def test_a_vlan_that_goes_is_asked_for_and_goes(played: PlayedSwitch, target: Target) -> None:
    with session(played) as connection:
        apply(connection, target)
        gone = INTENDED.replace("vlan batch 10 30 99", "vlan batch 30 99").replace("vlan 10\n description people\n", "")
        outcome = apply(
            connection, replace(target, intended=gone.replace("allow-pass vlan 10 30", "allow-pass vlan 30"))
        )
    assert "undo vlan 10" in outcome.lines
    assert 10 not in played.switch.config.vlans


def test_an_uplink_changes_its_kind_in_one_write(tmp_path: Path, target: Target) -> None:
    door = Door("GigabitEthernet0/0/24", {"127.0.0.1": "10.20.99.11"})
    trunk = " port link-type trunk\n undo port trunk allow-pass vlan 1\n port trunk allow-pass vlan 10 30 99\n"
    access = INTENDED.replace(trunk, " port link-type access\n port default vlan 99\n")
    with start(tmp_path, door) as played:
        with session(played) as connection:
            apply(connection, replace(target, intended=access), login=lambda: session(played))
        assert not played.switch.config.port("GigabitEthernet0/0/24").trunk
        with session(played) as connection:
            apply(connection, target, login=lambda: session(played))
        assert played.switch.config.port("GigabitEthernet0/0/24").allowed == {10, 30, 99}
        assert played.switch.pending is None


def test_a_cut_that_nobody_could_foresee_heals_by_itself(tmp_path: Path, target: Target) -> None:
    # Both trunks carry the management VLAN, and no address is learned in it: the switch cannot tell which is ours.
    door = Door("GigabitEthernet0/0/24", {"127.0.0.1": "10.20.99.11"})
    with start(tmp_path, door, HASTY) as played:
        before = played.config
        cutting = replace(target, intended=INTENDED.replace("10 30 99\ninterface", "10 30\ninterface"))
        assert cutting.intended != INTENDED
        with session(played) as connection, pytest.raises(ChangeError, match="goes back by itself"):
            apply(connection, cutting, login=lambda: session(played))
        assert restarted(played, before)
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
    door = Door("GigabitEthernet0/0/24", {"127.0.0.1": "10.20.99.11", "127.0.0.3": address})
    gateway = address.rsplit(".", 1)[0] + ".1"
    moved = INTENDED.replace(
        "interface Vlanif99\n ip address 10.20.99.11", f"interface Vlanif{vlan}\n ip address {address}"
    )
    moved = moved.replace("0.0.0.0 10.20.99.1\n", f"0.0.0.0 {gateway}\n").replace("10 30 99", "10 30 98 99")
    with start(tmp_path, door) as played, played.also("sw1-new", "127.0.0.3"):
        with session(played) as connection:
            outcome = apply(connection, replace(target, intended=moved), login=lambda: session(played, "sw1-new"))
        assert outcome.saved
        assert f"interface Vlanif{vlan}\n ip address {address}" in (played.switch.saved or "")
        assert played.switch.pending is None
        with session(played, "sw1-new") as connection:
            assert not apply(connection, replace(target, intended=moved)).changed


def test_a_question_about_a_line_that_may_not_ask_is_answered_with_no(played: PlayedSwitch) -> None:
    with session(played) as connection, pytest.raises(ConfigInvalidException, match="asks what nobody expects"):
        connection.send_config_set(["undo vlan batch 10"])
    assert 10 in played.switch.config.vlans


def test_three_lines_take_no_nine_seconds(played: PlayedSwitch) -> None:
    lines = ["interface GigabitEthernet0/0/1", "description ws1", "quit"]
    with session(played) as connection:
        began = time.monotonic()
        connection.send_config_set(lines)
        assert time.monotonic() - began < 6  # 0.01 s alone on the machine; netmiko's own driver takes 8.9 s


def test_pages_end_with_the_session_s_first_command(played: PlayedSwitch) -> None:
    with session(played) as connection:
        assert "---- More ----" not in connection.send_command("display current-configuration")
        connection.send_command("screen-length 24 temporary")
        assert "---- More ----" in connection.send_command("display current-configuration", expect_string="----")
        connection.write_channel("q\n")


def test_a_factory_switch_is_configured_past_the_network_and_proves_itself_through_it(
    tmp_path: Path, target: Target
) -> None:
    logins = 0
    with PlayedSwitch(tmp_path, 60.0, None, VRP) as played:

        def through_the_network() -> AbstractContextManager[BaseConnection]:
            nonlocal logins
            logins += 1
            if "10.20.99.11" not in reached(played.switch.config, "GigabitEthernet0/0/24"):
                raise ConnectionRefusedError("no address yet")
            return session(played)

        with session(played) as console:
            outcome = apply(console, target, login=through_the_network)
        assert "port link-type trunk" in " ".join(outcome.lines)
        assert played.switch.saved == VRP.dump(played.switch.config)
    assert logins > 0


def test_what_a_switch_with_an_address_never_saved_is_not_lost(tmp_path: Path, target: Target) -> None:
    with PlayedSwitch(tmp_path, 60.0, None, VRP) as played:
        typed(VRP.session(played.switch), RUNNING.partition("    save\n")[0])
        before = played.config
        with session(played) as connection, pytest.raises(ChangeError, match="it runs what is not saved"):
            apply(connection, target)
        assert played.config == before
