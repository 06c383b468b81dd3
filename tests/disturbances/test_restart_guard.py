"""Huawei and ProCurve go back by a restart with what was saved. Both are pushed at once: the minute is waited once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

import pytest

from inventory.model import Administration
from tests.disturbances.switches import BOOT, LabSwitch, cut_power, lan_says, lose_sessions
from tests.rehearsals.conftest import ROOT, run

T = TypeVar("T")
NAMES = ("sw22", "sw31")  # of each platform one


def each(switches: list[LabSwitch], do: Callable[[LabSwitch], T]) -> list[T]:
    """Side by side, in their order."""
    with ThreadPoolExecutor(len(switches)) as pool:
        return list(pool.map(do, switches))


@pytest.fixture
def switches(administration: Administration) -> Iterator[list[LabSwitch]]:
    assert as_intended()
    found = [LabSwitch(administration, name) for name in NAMES]
    yield found
    each(found, LabSwitch.restore)


def as_intended() -> bool:
    said = lan_says(",".join(NAMES))
    return all(f"{name}: 0 changed" in said for name in NAMES)


def renamed(intended: str) -> str:
    """A harmless change, of the name of a VLAN."""
    changed = intended.replace(" description guests\n", " description visitors\n", 1)
    changed = changed.replace(' name "guests"\n', ' name "visitors"\n', 1)
    assert changed != intended
    return changed


def lost(intended: str) -> str:
    """What no plan can see: the way back leads to an address that nobody has."""
    changed = intended.replace(".12.1\n", ".12.254\n")
    assert changed != intended
    return changed


def test_a_session_that_is_lost_in_the_middle_is_taken_back_by_another(switches: list[LabSwitch]) -> None:
    with ExitStack() as pushes:
        found = [pushes.enter_context(switch.pushing(renamed, until="visitors")) for switch in switches]
        assert lose_sessions() >= len(switches)
        each(switches, LabSwitch.suffers)
    for ended in found:
        assert ended[0].failed
        assert "the device is as it was before; nothing was saved" in str(ended[0][0].result)
    each(switches, LabSwitch.heals)


def test_a_change_that_cuts_us_off_is_undone_by_the_switches_themselves(switches: list[LabSwitch]) -> None:
    for ended in each(switches, lambda switch: switch.push(lost)):
        assert ended.failed
        assert "the device goes back by itself within 1 minutes; nothing was saved" in str(ended[0].result)
    each(switches, LabSwitch.heals)


def test_a_power_loss_before_the_save_leaves_what_was_saved(switches: list[LabSwitch]) -> None:
    with ExitStack() as pushes:
        found = [pushes.enter_context(switch.pushing(renamed, until="visitors")) for switch in switches]
        each(switches, lambda switch: cut_power(switch.name))
    assert all(ended[0].failed for ended in found)
    assert run(ROOT, *BOOT).returncode == 0
    assert as_intended()
    assert all(switch.is_as_before() for switch in switches)
