"""One change from end to end, over SSH, against the switch that the lab plays."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from netmiko.exceptions import NetmikoTimeoutException

from inventory.model import load
from inventory.secrets import Secret
from roles import lan
from roles.network.change import ChangeError, Target, apply, plan
from roles.network.connection import Device, connected
from roles.network.platforms import PLATFORMS
from roles.network.run import CHANGES, ERROR, OK, run
from tests.made_up import secret_of
from tests.played import PlayedSwitch


@pytest.fixture
def played(tmp_path: Path) -> Iterator[PlayedSwitch]:
    with PlayedSwitch(tmp_path) as running:
        yield running


@pytest.fixture
def device(played: PlayedSwitch) -> Device:
    return Device(
        name="sw1",
        platform=PLATFORMS["cisco_ios"],
        ssh_config=played.ssh_config,
        known_hosts=played.known_hosts,
        identity=played.identity,
        password=Secret(PlayedSwitch.PASSWORD),
    )


@pytest.fixture
def target() -> Target:
    return replace(lan.targets(load("lab"), secret_of)["sw1"], patience=0.0)


def test_applied_once_then_nothing_to_do(played: PlayedSwitch, device: Device, target: Target) -> None:
    with connected(device) as connection:
        first = apply(connection, target)
        second = apply(connection, target)
    assert first.lines[:2] == ("archive", " path flash:before-change")
    assert first.lines[4] == "hostname sw1"
    assert not second.changed
    assert " description guest1\n switchport access vlan 30\n" in played.config
    users = next(line for line in target.intended.splitlines() if line.startswith("snmp-server user "))
    assert played.switch.saved == f"{played.config}\n{users}\nend\n"


def test_a_plan_sends_nothing_and_says_what_apply_sends(played: PlayedSwitch, device: Device, target: Target) -> None:
    factory = played.config
    with connected(device) as connection:
        planned = plan(connection, target)
        assert played.config == factory
        assert apply(connection, target).lines == planned.lines


def test_what_runs_but_was_never_saved_is_saved(played: PlayedSwitch, device: Device, target: Target) -> None:
    with connected(device) as connection:
        apply(connection, target)
        played.switch.startup.unlink()
        outcome = apply(connection, target)
    assert (outcome.lines, outcome.saved) == ((), True)
    assert played.switch.saved


def test_a_refused_line_leaves_configuration_mode_and_saves_nothing(
    played: PlayedSwitch, device: Device, target: Target
) -> None:
    factory = played.config
    broken = replace(target, intended=target.intended.replace("switchport nonegotiate", "switchport nosuchthing"))
    with connected(device) as connection:
        with pytest.raises(ChangeError, match=r"switchport nosuchthing.*the device is as it was before"):
            apply(connection, broken)
        assert not connection.check_config_mode()
        assert played.config.replace("archive\n path flash:before-change\n maximum 5\n!\n", "") == factory
        assert apply(connection, target).changed  # and it is mended by the next run
    assert played.switch.saved


def test_what_does_not_verify_is_not_saved(played: PlayedSwitch, device: Device, target: Target) -> None:
    doubtful = replace(target, problems=lambda _show: ["VLAN 10 users is absent"])
    with connected(device) as connection, pytest.raises(ChangeError, match="VLAN 10 users is absent"):
        apply(connection, doubtful)
    assert played.switch.saved is None


def test_another_host_key_is_refused(played: PlayedSwitch, device: Device) -> None:
    played.trust(asyncssh.generate_private_key("ssh-ed25519"))
    with pytest.raises(NetmikoTimeoutException, match="Host key for server"), connected(device):
        pass


def test_an_unknown_host_key_is_refused(played: PlayedSwitch, device: Device) -> None:
    played.known_hosts.write_text("")
    with pytest.raises(NetmikoTimeoutException, match="not found in known_hosts"), connected(device):
        pass


def test_one_line_for_each_device(device: Device, target: Target, capsys: pytest.CaptureFixture[str]) -> None:
    targets, reach = {"sw1": target}, {"sw1": device}
    assert run(targets, reach, only_plan=True) == CHANGES
    said = capsys.readouterr().out
    count = said.split()[1]
    assert said.startswith(f"sw1: {count} lines to send, then save\n  archive ")
    assert "\n  hostname sw1                                    # its name (was Switch)\n" in said
    assert run(targets, reach, only_plan=False) == OK
    assert capsys.readouterr().out == f"sw1: {count} lines sent, verified, saved\n"
    assert run(targets, reach, only_plan=False) == OK
    assert capsys.readouterr().out == "sw1: 0 changed\n"
    assert run(targets, reach, only_plan=True) == OK


def test_a_device_that_does_not_answer_fails_alone(
    device: Device, target: Target, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nowhere").write_text("Host sw2\n    HostName 127.0.0.1\n    Port 9\n")
    sw2 = replace(device, name="sw2", ssh_config=tmp_path / "nowhere")
    assert run({"sw1": target, "sw2": target}, {"sw1": device, "sw2": sw2}, only_plan=False) == ERROR
    said = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"sw1: \d+ lines sent, verified, saved", said[0])
    assert said[1].startswith("sw2: FAILED: no answer through the network (Connection refused)")
