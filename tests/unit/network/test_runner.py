"""Changes in waves, over SSH, against several switches that note when they were changed and when they saved."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep, time

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Host, Hosts, Inventory
from nornir.core.task import Result, Task

from inventory.model.environment import DeviceChanges
from inventory.secrets import Secret
from roles.network.change import Target
from roles.network.connection import Device
from roles.network.platforms import PLATFORMS
from roles.network.run import ERROR, OK, results, run
from roles.network.runner import Changing, Looking
from roles.network.waves import Order
from roles.played.switch.files.switch.meaning import Meaning
from tests.played import Plane, PlayedSwitch

SITES = {"a1": "a", "a2": "a", "a3": "a", "a4": "a", "b1": "b", "b2": "b"}
ORDER = Order(DeviceChanges(), SITES, {"a3": frozenset({"a4"}), "a4": frozenset({"a3"})})


class Clock(Plane):
    """A data plane that notes when it was first told anything."""

    began: float | None = None

    def apply(self, meaning: Meaning) -> None:
        super().apply(meaning)
        self.began = self.began or time()


class Named(PlayedSwitch):
    """A played switch of any name."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir()
        super().__init__(folder)
        self.name = name
        self.switch.plane = self.clock = Clock()

    def __enter__(self) -> "Named":
        super().__enter__()
        self.ssh_config.write_text(self.ssh_config.read_text().replace("Host sw1", f"Host {self.name}"))
        return self

    @property
    def device(self) -> Device:
        password = Secret(PlayedSwitch.PASSWORD)
        platform = PLATFORMS["cisco_ios"]
        return Device(self.name, platform, self.ssh_config, self.known_hosts, self.identity, password)

    @property
    def began(self) -> float:
        assert self.clock.began is not None
        return self.clock.began

    @property
    def saved(self) -> float:
        return self.switch.startup.stat().st_mtime


@dataclass
class Campus:
    """Switches that run, how to reach them, and what they must be."""

    switches: dict[str, Named]
    reach: dict[str, Device]
    targets: dict[str, Target]

    def judge(self, name: str, problems: Callable[[], list[str]], patience: float = 0.0) -> None:
        self.targets[name] = replace(self.targets[name], problems=lambda _show: problems(), patience=patience)

    def untouched(self) -> list[str]:
        return [name for name, switch in self.switches.items() if switch.clock.began is None]


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[Campus]:
    with ExitStack() as stack:
        switches = {name: stack.enter_context(Named(tmp_path / name, name)) for name in SITES}
        targets = {
            name: Target(
                PLATFORMS["cisco_ios"],
                f"archive\n path flash:x\nhostname {name}\nvlan 10\n name users\n",
                lambda _show: [],
                0.0,
            )
            for name in SITES
        }
        yield Campus(switches, {name: switch.device for name, switch in switches.items()}, targets)


def test_a_canary_then_one_of_each_site_then_the_rest(campus: Campus) -> None:
    by = campus.switches
    # Each of the second wave is only well once the other was begun: they must be side by side.
    campus.judge("a2", lambda: [] if by["b1"].clock.began else ["alone"], patience=20.0)
    campus.judge("b1", lambda: [] if by["a2"].clock.began else ["alone"], patience=20.0)
    assert run(campus.targets, campus.reach, order=ORDER) == OK
    assert by["a1"].saved <= min(by[name].began for name in ("a2", "b1"))
    assert max(by[name].saved for name in ("a2", "b1")) <= min(by[name].began for name in ("a3", "a4", "b2"))
    first, second = sorted((by["a3"], by["a4"]), key=lambda switch: switch.began)
    assert first.saved <= second.began
    assert run(campus.targets, campus.reach, order=ORDER, expect_no_changes=True) == OK


def test_the_first_that_is_not_well_stops_what_follows(campus: Campus, capsys: pytest.CaptureFixture[str]) -> None:
    campus.judge("a2", lambda: ["VLAN 10 users is absent"])
    assert run(campus.targets, campus.reach, order=ORDER) == ERROR
    assert capsys.readouterr().out.splitlines() == [
        "a1: 7 lines sent, verified, saved",
        "a2: FAILED: not as it must be: VLAN 10 users is absent; the device is as it was before; nothing was saved",
        "a3: NOT DONE: a2 failed",
        "a4: NOT DONE: a2 failed",
        "b1: 7 lines sent, verified, saved",
        "b2: NOT DONE: a2 failed",
    ]
    assert campus.untouched() == ["a3", "a4", "b2"]


def test_what_was_planned_goes_in_the_same_waves(campus: Campus) -> None:
    campus.judge("b1", lambda: ["VLAN 10 users is absent"])
    looked = results(campus.targets, campus.reach, True)
    planned = {name: looked[name][0].result.lines for name in ("b1", "b2", "a1")}
    order = replace(ORDER, limits=DeviceChanges(canary="b1"))
    found = results(campus.targets, campus.reach, False, planned, order)
    assert [name for name, result in found.items() if result.failed] == ["a1", "b1", "b2"]
    assert campus.untouched() == ["a1", "a2", "a3", "a4", "b2"]


def test_what_stands_in_for_a_device_that_is_down_is_left_alone(
    campus: Campus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nowhere").write_text("Host a3\n    HostName 127.0.0.1\n    Port 9\n")
    campus.reach["a3"] = replace(campus.reach["a3"], ssh_config=tmp_path / "nowhere")
    names = ("a1", "a3", "a4")
    assert run({name: campus.targets[name] for name in names}, campus.reach, order=ORDER) == ERROR
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "a1: 7 lines sent, verified, saved"
    assert said[1].startswith("a3: FAILED: no answer through the network (Connection refused)")
    assert said[2:] == ["a4: NOT DONE: it stands in for a3, which failed"]
    assert "a4" in campus.untouched()


BEHIND = replace(ORDER, nearer={"a3": frozenset({"a2"})}, behind={"a2": frozenset({"a3"})})


def unplugged(campus: Campus, name: str, tmp_path: Path) -> None:
    """Nobody reaches a switch."""
    (tmp_path / "ways").write_text(f"Host {name}\n    HostName 127.0.0.1\n    Port 9\n")
    campus.reach[name] = replace(campus.reach[name], ssh_config=tmp_path / "ways")


def test_what_only_a_changed_device_leads_to_is_changed_after_it(campus: Campus, tmp_path: Path) -> None:
    unplugged(campus, "a3", tmp_path)

    def opened() -> list[str]:
        (tmp_path / "ways").write_text(campus.switches["a3"].ssh_config.read_text())
        return []

    campus.judge("a2", opened)
    order = replace(BEHIND, apart={"a2": frozenset({"a3"}), "a3": frozenset({"a2"})})
    targets = {name: campus.targets[name] for name in ("a3", "a2")}
    planned = results(targets, campus.reach, True, order=order)
    assert planned["a3"][0].after == ["a2"]
    assert run(targets, campus.reach, order=order) == OK
    assert campus.switches["a2"].saved <= campus.switches["a3"].began


def test_a_dead_one_behind_a_changed_device_stops_nobody(
    campus: Campus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unplugged(campus, "a3", tmp_path)
    targets = {name: campus.targets[name] for name in ("a2", "a3", "b1")}
    assert run(targets, campus.reach, only_plan=True, order=BEHIND) == ERROR
    assert "a3: known only after a2 (no answer through the network" in capsys.readouterr().out
    assert run(targets, campus.reach, order=BEHIND) == ERROR
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "a2: 7 lines sent, verified, saved"
    assert said[1].startswith("a3: FAILED: no answer through the network")
    assert said[2] == "b1: 7 lines sent, verified, saved"


def test_those_nearer_to_resina_end_before_what_is_behind_them_begins() -> None:
    order = replace(ORDER, limits=DeviceChanges(canary="b1"), nearer={"a1": frozenset({"a3"}), "a2": frozenset({"a3"})})
    found = spans(Changing(order), ["a1", "a2", "a3", "b1"])
    assert found["a3"][1] <= min(found["a1"][0], found["a2"][0])


Span = tuple[float, float]


def spans(runner: Looking | Changing, names: list[str]) -> dict[str, Span]:
    """When each of some tasks that take a moment began and ended."""
    found: dict[str, Span] = {}

    def task(task: Task) -> Result:
        began = time()
        sleep(0.05)
        found[task.host.name] = (began, time())
        return Result(task.host)

    hosts = Hosts({name: Host(name=name) for name in names})
    Nornir(inventory=Inventory(hosts), runner=runner).run(task=task)
    return found


def most_at_once(found: dict[str, Span]) -> int:
    return max(sum(began <= moment < ended for began, ended in found.values()) for moment, _ in found.values())


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (DeviceChanges(), 4),  # two of each site
        (DeviceChanges(per_site=1), 2),
        (DeviceChanges(at_once=3), 3),
        (DeviceChanges(per_site=9), 6),
    ],
)
def test_limits_hold_while_looking_too(limits: DeviceChanges, expected: int) -> None:
    assert most_at_once(spans(Looking(replace(ORDER, limits=limits)), list(SITES))) == expected


def test_a_site_rests_between_two_changes() -> None:
    found = spans(Changing(Order(DeviceChanges(pause=1), SITES)), ["b1", "a1", "a2"])
    assert found["a2"][0] - found["a1"][1] >= 0.95
    assert found["a1"][0] - found["b1"][1] < 0.5
