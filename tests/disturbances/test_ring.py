"""A cable of a ring dies under traffic: the building goes on over the others, and comes back."""

import pytest

from tests.disturbances.lab import Lab
from tests.disturbances.ring import blocked
from tests.disturbances.traffic import flow

DESK, SERVER = "ws2", "10.10.10.11"
LONGEST = 2000  # milliseconds without an answer: rapid spanning tree, on a machine that does other things too
RING = ("sw21", "sw22", "sw23")


def open_at(lab: Lab) -> list[tuple[str, str]]:
    return [(name, port) for name in RING for port in blocked(lab, name)]


@pytest.fixture
def ring(lab: Lab) -> Lab:
    lab.wait(lambda: len(open_at(lab)) == 1, seconds=30)
    return lab


def test_the_cable_in_use_dies_under_traffic_and_comes_back(ring: Lab) -> None:
    before = open_at(ring)
    try:
        with flow(ring.ssh_config, DESK, SERVER) as lost:
            ring.cut("sw23", "gi0-0-24")
        assert lost.lost > 0, "nothing was lost: the cable was not in use"
        assert lost.longest <= LONGEST
        assert open_at(ring) == [], "what was kept back is in use"
        with flow(ring.ssh_config, DESK, SERVER) as back:
            ring.plug("sw23", "gi0-0-24")
        assert back.longest <= LONGEST
    finally:
        ring.plug("sw23", "gi0-0-24")
        ring.wait(lambda: open_at(ring) == before, seconds=30)
    print(f"\nring: {lost.longest} ms when the cable dies, {back.longest} ms when it is back")


def test_the_cable_that_is_kept_back_is_not_missed(ring: Lab) -> None:
    (before,) = open_at(ring)
    try:
        with flow(ring.ssh_config, DESK, SERVER) as seen:
            ring.cut(*before)
        assert (seen.sent, seen.lost) == (1000, 0)
    finally:
        ring.plug(*before)
        ring.wait(lambda: open_at(ring) == [before], seconds=30)
