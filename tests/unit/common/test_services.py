"""What is read of a unit: running, enabled, and older than a file that it was started from."""

from roles.common.services import RELOADS, ServiceState, UnitState

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
