"""A switch without a machine, and a session on it."""

from pathlib import Path

import pytest

from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from tests.played import Plane


@pytest.fixture
def switch(tmp_path: Path) -> Switch:
    return Switch(Plane(), tmp_path / "startup-config", IOS)


@pytest.fixture
def session(switch: Switch) -> Session:
    return Session(switch)
