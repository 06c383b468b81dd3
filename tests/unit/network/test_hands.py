"""Devices are worked on by processes, one a core: what they do and say is what one process would."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import pytest

from inventory.model import load
from inventory.secrets import Secret
from roles import lan
from roles.network import hands
from roles.network.change import Target
from roles.network.connection import Device
from roles.network.hands import Hands
from roles.network.platforms import PLATFORMS
from tests.made_up import secret_of
from tests.played import PlayedSwitch


@pytest.fixture
def played(tmp_path: Path) -> Iterator[PlayedSwitch]:
    with PlayedSwitch(tmp_path) as running:
        yield running


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch, played: PlayedSwitch, tmp_path: Path) -> Iterator[Hands]:
    """Two processes: sw1 is played, sw2 is nowhere."""
    monkeypatch.setattr(hands, "FEW", 2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    (tmp_path / "nowhere").write_text("Host sw2\n    HostName 127.0.0.1\n    Port 9\n")
    sw1 = Device(
        name="sw1",
        platform=PLATFORMS["cisco_ios"],
        ssh_config=played.ssh_config,
        known_hosts=played.known_hosts,
        identity=played.identity,
        password=Secret(PlayedSwitch.PASSWORD),
    )
    target: Target = replace(lan.targets(load("lab"), secret_of)["sw1"], patience=0.0)
    reach = {"sw1": sw1, "sw2": replace(sw1, name="sw2", ssh_config=tmp_path / "nowhere")}
    with Hands({"sw1": target, "sw2": target}, reach) as opened:
        yield opened


def test_a_device_is_looked_at_and_changed_in_one_session(several: Hands, played: PlayedSwitch) -> None:
    looked = several.look("sw1", only_plan=False, until=monotonic() + 10)
    assert looked.outcome is not None
    (kept,) = played.switch.sessions
    changed = several.change("sw1", looked.outcome.lines)
    assert changed.outcome == looked.outcome
    assert "hostname sw1" in changed.configuration
    deadline = monotonic() + 10  # the other end notices it a moment later
    while kept in played.switch.sessions:
        assert monotonic() < deadline, "a session that ended its work is closed"
        sleep(0.01)
    again = several.look("sw1", only_plan=True, until=monotonic() + 10)
    assert again.outcome is not None
    assert not again.outcome.changed


def test_one_that_does_not_answer_is_said_in_words(several: Hands) -> None:
    did = several.look("sw2", only_plan=True, until=monotonic())
    assert (did.outcome, did.silent) == (None, True)
    assert did.said.startswith("no answer through the network")


def test_a_defect_of_ours_reaches_whoever_asked(several: Hands) -> None:
    with pytest.raises(RuntimeError, match="KeyError: 'sw9'"):
        several._of["sw1"].change("sw9", None)


def test_a_process_that_dies_fails_its_devices_alone(several: Hands) -> None:
    process = several._of["sw2"]._process  # type: ignore[attr-defined]
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert several.look("sw2", only_plan=True, until=monotonic()).said.startswith("the process that worked on it died")
    assert several.look("sw1", only_plan=True, until=monotonic() + 10).outcome
