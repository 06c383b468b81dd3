"""What the tests of the guards share: each module says how to `start` its switch, PLATFORM, INTENDED and HASTY."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from roles.network.change import Target
from tests.played import PlayedSwitch


@pytest.fixture
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlayedSwitch]:
    with request.module.start(tmp_path) as running:
        yield running


@pytest.fixture
def hasty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlayedSwitch]:
    """One whose guard goes back within the test."""
    with request.module.start(tmp_path, minute=request.module.HASTY) as running:
        yield running


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Target:
    """What is intended, on a platform that is given up after a second."""
    platform = request.module.PLATFORM
    hurried = replace(platform, guard=replace(platform.guard, patience=1.0, read_timeout=1.0))
    return Target(platform=hurried, intended=request.module.INTENDED, problems=lambda _show: [], patience=0.0)
