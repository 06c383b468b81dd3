"""What the inventory means for an edge router, and what is found wrong with one."""

import json

import pytest

from inventory.model import load
from roles.uplinks import targets
from roles.uplinks.intent import RouterIntent, intent
from roles.uplinks.verify import problems

PEER = "10.255.1.1"
OURS = ["10.20.10.0/24", "10.20.99.0/24"]  # users, and management for the bastion; not guests


@pytest.fixture
def wanted() -> RouterIntent:
    administration = load("lab")
    return intent(administration, administration.routers["edge1"])


def test_only_networks_that_reach_resina_are_announced(wanted: RouterIntent) -> None:
    assert [str(prefix) for prefix in wanted.announced] == OURS


def test_our_own_networks_are_never_learned_from_outside() -> None:
    intended = targets(load("lab"))["edge1"].intended.splitlines()
    filters = [line for line in intended if line.startswith("ip prefix-list RESINA-IN")]
    assert filters == [
        "ip prefix-list RESINA-IN seq 5 deny 10.20.10.0/24 le 32",
        "ip prefix-list RESINA-IN seq 10 deny 10.20.30.0/24 le 32",
        "ip prefix-list RESINA-IN seq 15 deny 10.20.99.0/24 le 32",
        "ip prefix-list RESINA-IN seq 1000 permit 0.0.0.0/0",
        "ip prefix-list RESINA-IN seq 1005 permit 10.0.0.0/8 le 24",
    ]


@pytest.mark.parametrize(
    ("state", "received", "sent", "expected"),
    [
        ("Established", ["10.10.10.0/24"], OURS, []),
        ("Active", [], [], ["BGP session with resina1 (10.255.1.1) is Active"]),
        ("Established", [], OURS, ["10.10.10.0/24 is not received from resina1"]),
        ("Established", ["10.10.10.0/24"], OURS[1:], ["10.20.10.0/24 is not announced to resina1"]),
        (
            "Established",
            ["10.10.10.0/24"],
            [*OURS, "10.20.30.0/24"],
            ["10.20.30.0/24 must not be announced to resina1"],
        ),
    ],
)
def test_problems(wanted: RouterIntent, state: str, received: list[str], sent: list[str], expected: list[str]) -> None:
    answers = {
        "show bgp ipv4 unicast summary json": {"peers": {PEER: {"state": state}}},
        "show bgp ipv4 unicast json": {"routes": {prefix: [{"peerId": PEER}] for prefix in received}},
        f"show bgp ipv4 unicast neighbors {PEER} advertised-routes json": {
            "advertisedRoutes": {prefix: {} for prefix in sent}
        },
    }
    assert problems(wanted, lambda command: json.dumps(answers[command])) == expected
