"""Huawei and ProCurve go back by a restart with what was saved: the former in one building, the latter in another."""

from collections.abc import Iterator

import pytest

from inventory.model import Administration
from tests.disturbances.switches import LabSwitch, lose_sessions, power_fails


@pytest.fixture(
    params=[
        pytest.param("sw22", marks=pytest.mark.building(site="sante-siege")),
        pytest.param("sw31", marks=pytest.mark.building(site="anptic-siege")),
    ]
)
def switch(hurtable: Administration, request: pytest.FixtureRequest) -> Iterator[LabSwitch]:
    found = LabSwitch(hurtable, request.param)
    assert found.is_as_intended()
    yield found
    found.restore()


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


def test_a_session_that_is_lost_in_the_middle_is_taken_back_by_another(switch: LabSwitch) -> None:
    with switch.pushing(renamed, until="visitors") as found:
        assert lose_sessions()
        switch.suffers()
    assert found[0].failed
    assert "the device is as it was before; nothing was saved" in str(found[0][0].result)
    switch.heals()


def test_a_change_that_cuts_us_off_is_undone_by_the_switch_itself(switch: LabSwitch) -> None:
    ended = switch.push(lost)
    assert ended.failed
    assert "the device goes back by itself within 1 minutes; nothing was saved" in str(ended[0].result)
    switch.heals()


def test_a_power_loss_before_the_save_leaves_what_was_saved(switch: LabSwitch) -> None:
    with switch.pushing(renamed, until="visitors") as found:
        power_fails(switch.name)
    assert found[0].failed
    assert switch.is_as_intended()
    assert switch.is_as_before()
