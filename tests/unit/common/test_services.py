"""What is read of a unit: running, enabled, and older than a file that it was started from."""

from roles.common.services import ServiceState, UnitState

EPOCH = "changed=1.0"  # /dev/null, which is always asked first


def read(*lines: str) -> ServiceState:
    return UnitState().process(list(lines))


def test_a_unit_older_than_its_file_is_stale() -> None:
    state = read("ActiveState=active", "UnitFileState=enabled", "since=100.5", EPOCH, "changed=100.6")
    assert state == ServiceState(active=True, enabled=True, stale=True)


def test_a_reload_after_the_file_makes_it_current() -> None:
    lines = ("ActiveState=active", "UnitFileState=enabled", "since=100.5", "since=101.0", EPOCH, "changed=100.6")
    assert not read(*lines).stale


def test_a_unit_that_does_not_exist_is_neither() -> None:
    state = read("ActiveState=inactive", "UnitFileState=", "since=0", EPOCH)
    assert state == ServiceState(active=False, enabled=False, stale=False)
