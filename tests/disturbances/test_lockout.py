"""What could lock us out of a switch, done to the lab's: it works, it is refused, or the switch goes back by itself."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from inventory.model import Administration
from roles.network import plan as planning
from tests.disturbances.switches import (
    BOOT,
    ROOT,
    LabSwitch,
    bastion_cut_off,
    cut_power,
    lan_says,
    lose_sessions,
)
from tests.rehearsals.conftest import copy, run

__all__ = ["copy"]  # a fixture
NAME = "sw1"


@pytest.fixture
def switch(administration: Administration) -> Iterator[LabSwitch]:
    assert f"{NAME}: 0 changed" in lan_says(NAME)
    found = LabSwitch(administration, NAME)
    yield found
    found.restore()


def renamed(intended: str) -> str:
    """A harmless change: it takes a few lines, and none of them touches our way in."""
    return intended.replace(" name guests\n", " name visitors\n")


def elsewhere(intended: str) -> str:
    """The switch itself goes to a VLAN that no port carries."""
    moved = intended.replace("interface Vlan99\n ip address 10.20.99.11", "interface Vlan97\n ip address 10.20.97.11")
    return "vlan 97\n name nowhere\n" + moved.replace("gateway 10.20.99.1\n", "gateway 10.20.97.1\n")


def test_a_session_that_is_lost_in_the_middle_is_taken_back_by_another(switch: LabSwitch) -> None:
    with switch.pushing(renamed, until="name visitors") as found:
        assert lose_sessions()
        switch.suffers()
    assert found[0].failed
    assert "the device is as it was before; nothing was saved" in str(found[0][0].result)
    switch.heals()


def test_a_push_whose_network_is_cut_goes_back_by_the_timer(switch: LabSwitch) -> None:
    with ExitStack() as cut:
        with switch.pushing(renamed, until="name visitors") as found:
            cut.enter_context(bastion_cut_off())
            lose_sessions()
            switch.suffers()
        switch.heals()
    assert "the device goes back by itself within 1 minutes; nothing was saved" in str(found[0][0].result)


@pytest.mark.parametrize("everything", [False, True], ids=["of the switch", "of all that leads to it"])
def test_a_power_loss_before_the_save_leaves_what_was_saved(switch: LabSwitch, everything: bool) -> None:
    administration = switch.administration
    with switch.pushing(renamed, until="name visitors") as found:
        for machine in (
            NAME,
            *((*administration.routers, *administration.platform.resina.cores) if everything else ()),
        ):
            cut_power(machine)
    assert found[0].failed
    assert run(ROOT, *BOOT).returncode == 0
    # Patience: the switch is asked again until it has started and the network leads to it.
    assert f"{NAME}: 0 changed" in lan_says(NAME)
    assert switch.is_as_before()


@pytest.mark.parametrize(
    "intended",
    [
        pytest.param(elsewhere, id="a VLAN that leads nowhere"),
        pytest.param(lambda text: text.replace(",99\n", "\n"), id="a trunk that loses us"),
        pytest.param(lambda text: text.replace("gateway 10.20.99.1\n", "gateway 10.20.98.1\n"), id="no way back"),
    ],
)
def test_a_change_that_would_lock_us_out_is_refused(switch: LabSwitch, intended: Callable[[str], str]) -> None:
    planned = switch.plan(intended)
    assert str(planned[0].result).startswith("refused, and nothing was sent: ")
    assert switch.is_as_before()


def test_what_the_planner_would_refuse_goes_back_by_itself(switch: LabSwitch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "refusal", lambda *_: None)
    found = switch.push(elsewhere)
    assert found[0].failed
    assert "the device goes back by itself within 1 minutes; nothing was saved" in str(found[0].result)
    switch.heals()
    assert f"{NAME}: 0 changed" in lan_says(NAME)


# The management VLAN moves, in two changes: the new one beside the old, then the old one goes; and back again.
NEWER = """
networks:
  maintenance: {vlan: 98, prefix: 10.20.98.0/24, gateway: 10.20.98.1}
"""


def test_the_management_vlan_moves_there_and_back(
    switch: LabSwitch, copy: Path, administration: Administration
) -> None:
    path = copy / "inventory/sites/mtdpce-siege.yaml"
    text = path.read_text()
    beside = text.replace("\nswitches:\n", f"{NEWER}\nswitches:\n")
    assert beside != text

    path.write_text(
        beside.replace("    number: 1\n", "    number: 1\n    network: maintenance\n    formerly: [10.20.99.11]\n")
    )
    ways(copy)
    said = lan_says(NAME, copy)
    assert f"{NAME}: at an address that it had before" in said
    assert "sent, verified, saved" in said
    assert through_the_network(administration, "show running-config").count("ip address 10.20.98.11 ") == 1
    assert "interface Vlan99\n ip address" not in switch.console("show startup-config")
    assert lan_says(NAME, copy) == f"{NAME}: 0 changed\n"

    path.write_text(beside.replace("    number: 1\n", "    number: 1\n    formerly: [10.20.98.11]\n"))
    ways(copy)
    assert "sent, verified, saved" in lan_says(NAME, copy)

    ways(ROOT)  # the way that nobody uses any more goes, then its VLAN
    assert "sent, verified, saved" in lan_says(NAME)
    assert switch.is_as_before()


def ways(place: Path) -> None:
    """What leads to the switch: the router, the cores, their routes."""
    network = (
        "deploys.engine",
        "deploy",
        "--deploy",
        "network",
        "--limit",
        "router,played",
        "--yes",
        "--reason",
        "test",
    )
    for module in (network, ("deploys.uplinks",)):
        done = run(place, *module)
        assert done.returncode == 0, done.stdout + done.stderr


def through_the_network(administration: Administration, command: str) -> str:
    line = ["ssh", "-F", str(administration.environment.ssh_config), "-o", "ControlPath=none", NAME, command]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=True).stdout
