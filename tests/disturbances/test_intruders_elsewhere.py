"""The same intruders at the desks of the lab's Huawei and ProCurve: port 1, of the profile `poste`."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from inventory.model import Administration
from tests.disturbances.desks import PROCURVE, VRP, Desk, Place
from tests.disturbances.switches import wait


@dataclass(frozen=True)
class Words:
    """How a platform is told what these tests tell it."""

    place: Place
    no_snooping: str
    no_bpdu_guard: tuple[str, ...]
    reopen: tuple[str, ...]


PORT = "interface GigabitEthernet0/0/1"
SWITCHES = {
    "huawei_vrp": Words(
        VRP,
        no_snooping="undo dhcp snooping enable",
        no_bpdu_guard=("undo stp bpdu-protection",),
        reopen=(PORT, "shutdown", "undo shutdown", "quit"),
    ),
    "hp_procurve": Words(
        PROCURVE,
        no_snooping="no dhcp-snooping",
        no_bpdu_guard=("no spanning-tree 1 bpdu-protection",),
        reopen=("interface 1 disable", "interface 1 enable"),
    ),
}


@pytest.fixture(params=SWITCHES)
def words(request: pytest.FixtureRequest) -> Words:
    return SWITCHES[request.param]


@pytest.fixture
def desk(hurtable: Administration, words: Words) -> Iterator[Desk]:
    found = Desk(hurtable, words.place)
    found.whole()
    try:
        yield found
    finally:
        found.restore()


def test_a_rogue_dhcp_server_is_heard_by_nobody(desk: Desk, words: Words) -> None:
    assert desk.hears("offer", 5) == 0
    desk.type(words.no_snooping)
    assert desk.hears("offer", 5) == 5


def test_a_rogue_switch_is_shut_out(desk: Desk, words: Words) -> None:
    desk.intruder.sends("inferior", 1)
    wait(lambda: not desk.answers(), 5, "the port of the rogue switch stays open")
    desk.type(*words.reopen)
    desk.whole()


def test_a_rogue_root_is_cut_off_until_it_is_silent(desk: Desk, words: Words) -> None:
    desk.type(*words.no_bpdu_guard)
    desk.intruder.sends("inferior", 1)
    assert desk.answers()
    desk.intruder.sends("bpdu", 3, pause=0.5)
    wait(lambda: not desk.answers(), 3, "who would be the root is heard")
    desk.whole()
