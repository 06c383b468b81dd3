"""Who is changed when, from the inventory alone."""

from dataclasses import replace

import pytest

from inventory.model import load
from inventory.model.environment import DeviceChanges
from inventory.model.site import Site
from roles.network.waves import Order, order_of, redundant

SITES = {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b"}


def site(switches: dict[str, list[str]], routers: tuple[str, ...] = ("edge1",)) -> Site:
    """A building whose switches have a trunk to each of the names given; an empty name is a trunk to nobody knows."""
    ports = {
        name: {f"Gi1/0/{n}": {"trunk": ["users"], "to": end or None} for n, end in enumerate(ends)}
        for name, ends in switches.items()
    }
    return Site.model_validate(
        {
            "site": "siege",
            "kind": "building",
            "name": "Siège",
            "owner": "mtdpce",
            "networks": {"users": {"vlan": 10, "prefix": "10.20.10.0/24", "gateway": "10.20.10.1"}},
            "switches": {
                name: {"platform": "cisco_ios", "network": "users", "address": "10.20.10.2", "ports": ports[name]}
                for name in switches
            },
            "routers": {
                name: {
                    "platform": "frr",
                    "asn": 65101,
                    "lan": "lan0",
                    "uplinks": [
                        {"interface": "wan0", "core": "resina1", "address": "10.255.1.2/30", "peer": "10.255.1.1"}
                    ],
                }
                for name in routers
            },
        }
    )


def pairs(found: set[frozenset[str]]) -> set[str]:
    return {"+".join(sorted(pair)) for pair in found}


@pytest.mark.parametrize(
    ("canary", "names", "expected"),
    [
        (None, list(SITES), [["a1"], ["a2", "b1"], ["a3", "b2"]]),
        ("b2", list(SITES), [["b2"], ["a1", "b1"], ["a2", "a3"]]),
        ("elsewhere", ["a3", "b2"], [["a3"], ["b2"]]),  # what is limited has a canary of its own
        (None, [], []),
    ],
)
def test_a_canary_then_one_of_each_site_then_the_rest(
    canary: str | None, names: list[str], expected: list[list[str]]
) -> None:
    assert Order(DeviceChanges(canary=canary), SITES).waves(names) == expected


@pytest.mark.parametrize(
    ("switches", "routers", "expected"),
    [
        pytest.param({"sw1": ["edge1"]}, ("edge1",), {"edge1+sw1"}, id="the two ends of a cable"),
        pytest.param({}, ("edge1", "edge2"), {"edge1+edge2"}, id="routers"),
        pytest.param({"sw1": [""], "sw2": [""]}, (), {"sw1+sw2"}, id="trunks that lead nobody knows where"),
        pytest.param({"sw1": [], "sw2": []}, (), set(), id="no cable, no trunk"),
        pytest.param(
            {"acc1": ["dist1"], "acc2": ["dist1"], "dist1": ["edge1"]},
            ("edge1",),
            {"acc1+dist1", "acc2+dist1", "dist1+edge1"},
            id="access switches below one other do not stand in for each other",
        ),
        pytest.param(
            {"acc1": ["dist1", "dist2"], "dist1": ["edge1"], "dist2": ["edge1"]},
            ("edge1",),
            {"acc1+dist1", "acc1+dist2", "dist1+edge1", "dist2+edge1", "dist1+dist2"},
            id="two that carry a third",
        ),
        pytest.param(
            {"sw1": ["edge1", "sw2"], "sw2": ["sw3"], "sw3": ["sw4"], "sw4": ["edge1"]},
            ("edge1",),
            {"edge1+sw1", "edge1+sw4", "sw1+sw2", "sw2+sw3", "sw3+sw4", "sw1+sw3", "sw1+sw4", "sw2+sw4"},
            id="any two of a ring",
        ),
    ],
)
def test_pairs_that_are_never_changed_at_once(
    switches: dict[str, list[str]], routers: tuple[str, ...], expected: set[str]
) -> None:
    assert pairs(redundant(site(switches, routers))) == expected


@pytest.mark.parametrize(("canary", "first"), [(None, "sw1"), ("sw31", "sw31"), ("sw23", "sw21")])
def test_what_leads_to_others_goes_before_them_even_before_a_canary(canary: str | None, first: str) -> None:
    order = replace(order_of(load("lab")), limits=DeviceChanges(canary=canary))
    waves = order.waves(["sw23", "sw22", "sw1", "sw31", "sw21"])
    assert waves[0] == [first]
    flat = [name for wave in waves for name in wave]
    assert max(flat.index("edge2") if "edge2" in flat else 0, flat.index("sw21")) < flat.index("sw22")
    assert flat.index("sw21") < flat.index("sw23")


def test_of_the_reference_inventory() -> None:
    order = order_of(load("lab"))
    assert order.waves(["edge1", "sw1"]) == [["edge1"], ["sw1"]]
    assert order.stand_ins("sw1") == {"edge1"}
    assert order.stand_ins("sw22") == {"sw21", "sw23"}
    assert order.before("sw22") == order.before("sw23") == {"edge2", "sw21"}
    assert order.leads_to("sw21") == {"sw22", "sw23", "ws2", "guest2"}
    assert order.leads_to("sw22") == {"guest2"}  # the ring leads to sw23 without it


def test_two_tiers_of_which_the_first_is_double() -> None:
    """One of the two that carry the access switch is no longer than a while its only way: it is not behind either."""
    campus = site({"acc1": ["dist1", "dist2"], "dist1": ["edge1"], "dist2": ["edge1"]})
    order = order_of(replace(load("lab"), sites={"siege": campus}))
    assert order.before("acc1") == {"edge1", "dist1", "dist2"}
    assert order.leads_to("dist1") == set()
    assert order.leads_to("edge1") == {"acc1", "dist1", "dist2"}
