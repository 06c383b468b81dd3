"""What is read of a unit: running, enabled, and older than a file that it was started from."""

import os
from pathlib import Path

import pytest

from roles.common.services import RELOADS, ServiceState, UnitState, service, stopped
from tests.unit.common.conftest import Here

STARTED = "ActiveEnterTimestamp=Thu 1970-01-01 00:01:40.500000 UTC"  # 100.5


def read(*lines: str) -> ServiceState:
    return UnitState().process(list(lines))


def test_a_unit_older_than_its_file_is_stale() -> None:
    lines = ("ActiveState=active", "UnitFileState=enabled", STARTED)
    assert read(*lines, "at=1.0 100.6 /etc/a b.conf") == ServiceState(active=True, enabled=True, stale=True)
    assert not read(*lines, "at=100.6 100.4 /etc/x.conf").stale


def test_a_reload_after_the_file_makes_it_current() -> None:
    lines = ("ActiveState=active", "UnitFileState=enabled", STARTED)
    assert not read(*lines, f"at=101.0 101.0 {RELOADS}/x.service", "at=1.0 100.6 /etc/x.conf").stale
    assert read(*lines, f"at=101.0 101.0 {RELOADS}/x.service", "at=1.0 101.1 /etc/x.conf").stale


def test_a_unit_that_does_not_exist_is_neither() -> None:
    state = read("ActiveState=inactive", "UnitFileState=", "ActiveEnterTimestamp=")
    assert state == ServiceState(active=False, enabled=False, stale=False)


def played(here: Here, active: str, enabled: str, started: str = "Thu 1970-01-01 00:01:40.500000 UTC") -> Here:
    """A systemd that says so of each unit, and takes every order."""
    said = f"ActiveState={active}\\nUnitFileState={enabled}\\nActiveEnterTimestamp={started}\\n"
    here.program("systemctl", f"""[ "$1" != show ] || printf '{said}'""")
    return here


@pytest.mark.parametrize(
    ("active", "enabled", "said"),
    [
        ("active", "enabled", ["stop x.service"]),
        ("active", "disabled", ["stop x.service"]),
        ("inactive", "enabled", ["stop x.service"]),
        ("inactive", "disabled", []),
        ("inactive", "masked", []),
        ("inactive", "", []),
        ("failed", "disabled", ["stop x.service"]),
        ("active", "static", ["stop x.service"]),
        ("inactive", "static", []),  # nothing disables it
    ],
)
def test_what_must_not_run_is_stopped_once(here: Here, active: str, enabled: str, said: list[str]) -> None:
    assert played(here, active, enabled).does(stopped, unit="x.service") == said


def test_of_what_must_not_run_no_failure_is_left(here: Here) -> None:
    (command,) = played(here, "failed", "disabled").commands(stopped, unit="x.service")
    assert "reset-failed x.service" in command.get_raw_value()
    (command,) = played(here, "active", "enabled").commands(stopped, unit="x.service")
    assert "reset-failed" not in command.get_raw_value()


def test_only_a_unit_that_runs_is_interrupted_by_its_stop(here: Here) -> None:
    (command,) = played(here, "active", "enabled").commands(stopped, unit="x.service")
    assert command.risk == "interruption"
    (command,) = played(here, "inactive", "enabled").commands(stopped, unit="x.service")
    assert command.risk == ""


def test_a_unit_whose_file_or_folder_is_newer_restarts(here: Here, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "x.conf").touch()
    later = "Thu 2099-01-01 00:00:00.000000 UTC"
    for watches in ([str(folder)], [str(folder / "x.conf")], [str(tmp_path / "gone"), str(folder)]):
        assert played(here, "active", "enabled").does(service, unit="x.service", watches=watches) == [
            "restart x.service"
        ]
        assert played(here, "active", "enabled", later).does(service, unit="x.service", watches=watches) == []
    assert played(here, "active", "enabled").does(service, unit="x.service", watches=[str(tmp_path / "gone")]) == []


def test_a_file_with_an_old_date_that_was_put_there_later_counts(here: Here, tmp_path: Path) -> None:
    (tmp_path / "x.conf").touch()
    os.utime(tmp_path / "x.conf", (1, 1))  # as rsync and tar leave it
    assert played(here, "active", "enabled").does(service, unit="x.service", watches=[str(tmp_path / "x.conf")])


def test_a_unit_that_is_down_or_disabled_is_started_and_enabled(here: Here) -> None:
    said = played(here, "inactive", "disabled").does(service, unit="x.service")
    assert said == ["enable x.service", "start x.service"]
    assert played(here, "failed", "enabled").does(service, unit="x.service") == ["start x.service"]
    assert played(here, "active", "static").does(service, unit="x.service") == []
