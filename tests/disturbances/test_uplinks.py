"""A building keeps its way to RESINA when one link, or a whole core, dies under traffic."""

import subprocess
from collections.abc import Callable

import pytest

from tests.disturbances.lab import Lab
from tests.disturbances.switches import cut_power
from tests.disturbances.traffic import flow
from tests.rehearsals.conftest import ROOT, run

DESK, SERVER = "ws1", "10.10.10.11"
# Milliseconds, on a machine that does other things too; `make bench SUBJECT=uplinks` has the targets (150 and 300).
LINK_DOWN, SILENT = 500, 1000
WHOLE_CORE = 2000  # the data centre's new gateway is told to its machines (VRRP, 300 to 400 ms without a sign of life)

Act = Callable[[Lab], None]


@pytest.mark.parametrize(
    ("lose", "mend", "longest"),
    [
        pytest.param(
            lambda lab: lab.cut("resina1", "to-edge1"),
            lambda lab: lab.plug("resina1", "to-edge1"),
            LINK_DOWN,
            id="the link goes down at the core's end",
        ),
        pytest.param(
            lambda lab: lab.cut("edge1", "wan0"),
            lambda lab: lab.plug("edge1", "wan0"),
            LINK_DOWN,
            id="the link goes down at the building's end",
        ),
        pytest.param(
            lambda lab: lab.silence("resina1", "to-edge1"),
            lambda lab: lab.speak("resina1"),
            SILENT,
            id="what the core sends is lost",
        ),
        pytest.param(
            lambda lab: lab.silence("edge1", "wan0"),
            lambda lab: lab.speak("edge1"),
            SILENT,
            id="what the building sends is lost",
        ),
    ],
)
def test_the_primary_link_dies_under_traffic_and_comes_back(lab: Lab, lose: Act, mend: Act, longest: int) -> None:
    with lab.hurt(lambda: mend(lab)):
        with flow(lab.ssh_config, DESK, SERVER) as lost:
            lose(lab)
        assert lost.lost > 0, "nothing was lost: the link was not in use"
        assert lost.longest <= longest
        with flow(lab.ssh_config, DESK, SERVER) as back:
            mend(lab)
        assert (back.sent, back.lost) == (1000, 0)


def test_a_whole_core_dies_under_traffic_and_comes_back(lab: Lab) -> None:
    """The one that is both the primary way of the building and the gateway of the data centre."""
    core = lab.administration.routers["edge1"].entry.by_preference[0].core
    gateway = lab.administration.sites["dc"].networks["servers"].gateway

    def die() -> None:
        # The cables first: a machine without power would still forward, since its namespace is the lab's.
        for interface in lab.cables(core):
            lab.cut(core, interface)
        cut_power(core)
        # What its daemons gave it ends with them; the namespace is the lab's, and would still answer for it.
        for command in (f"address flush dev lan0 to {gateway}", "route flush proto bgp"):
            subprocess.run(["ip", "-n", f"lab-{core}", *command.split()], check=True)

    def come_back() -> None:
        for interface in lab.cables(core):
            lab.plug(core, interface)
        start = ("deploys.engine", "deploy", "--deploy", "lab", "--inventory", "@local", "--yes")
        assert run(ROOT, *start).returncode == 0

    with lab.hurt(come_back):
        with flow(lab.ssh_config, DESK, SERVER) as lost:
            die()
        assert lost.lost > 0, "nothing was lost: the core was not in use"
        assert lost.longest <= WHOLE_CORE
        # It boots, learns the ways, and becomes the gateway again ten seconds later.
        with flow(lab.ssh_config, DESK, SERVER, probes=8000) as back:
            come_back()
        assert (back.sent, back.lost) == (8000, 0)


def test_the_backup_link_is_not_missed(lab: Lab) -> None:
    with lab.hurt(lambda: lab.plug("resina2", "to-edge1")):
        with flow(lab.ssh_config, DESK, SERVER) as seen:
            lab.cut("resina2", "to-edge1")
        assert (seen.sent, seen.lost) == (1000, 0)
