"""What a plan says of a service that several of its steps are about."""

from collections.abc import Iterator
from typing import cast

import pytest
from pyinfra.api.host import Host

from roles.common.planned import forget, will_run, will_write, would_change, would_enable, would_start

UNIT, FILE = "x.service", "/etc/x/x.conf"


class _Host:
    """Stands for a host: only which one it is matters."""


@pytest.fixture
def host() -> Iterator[Host]:
    made = cast(Host, _Host())
    yield made
    forget(made)


def test_a_file_that_is_written_changes_its_folder_until_the_unit_starts(host: Host) -> None:
    assert not would_change(host, [FILE], UNIT)
    will_write(host, FILE)
    assert would_change(host, ["/etc/x"], UNIT)
    assert not would_change(host, ["/etc/y", "/etc/x/x"], UNIT)
    will_run(host, "restart", UNIT)
    assert would_start(host, UNIT)
    assert not would_change(host, ["/etc/x"], UNIT)
    assert would_change(host, ["/etc/x"], "other.service")
    will_write(host, FILE)
    assert would_change(host, ["/etc/x"], UNIT)


def test_a_unit_that_is_stopped_does_not_start(host: Host) -> None:
    will_run(host, "disable --now", UNIT)
    assert not would_start(host, UNIT)
    will_run(host, "enable", UNIT)
    assert would_enable(host, UNIT)
    assert not would_start(host, UNIT)
