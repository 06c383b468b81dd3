"""Huawei and ProCurve go back by a restart with what was saved: a push is cut off, and nobody helps."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from inventory.model import Administration
from tests.disturbances.switches import LabSwitch, bastion_cut_off, lan_says, lose_sessions


@pytest.fixture(params=["sw22", "sw31"], ids=["huawei_vrp", "hp_procurve"])
def switch(request: pytest.FixtureRequest, administration: Administration) -> Iterator[LabSwitch]:
    name: str = request.param
    assert f"{name}: 0 changed" in lan_says(name)
    found = LabSwitch(administration, name)
    yield found
    found.restore()


def renamed(intended: str) -> str:
    """A harmless change, of the name of a VLAN."""
    changed = intended.replace(" description guests\n", " description visitors\n")
    changed = changed.replace(' name "guests"\n', ' name "visitors"\n')
    assert changed != intended
    return changed


def test_a_push_whose_network_is_cut_goes_back_by_the_restart(switch: LabSwitch) -> None:
    with ExitStack() as cut:
        with switch.pushing(renamed, until="visitors") as found:
            cut.enter_context(bastion_cut_off())
            lose_sessions()
        switch.heals()
    assert found[0].failed
    assert "goes back by itself within 1 minutes; nothing was saved" in str(found[0][0].result)
