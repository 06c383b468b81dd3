"""What the inventory means for an edge router, and what is found wrong with one."""

import json
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from inventory.model import load
from inventory.secrets import Secret
from roles.network.change import _message
from roles.network.frr import FRR
from roles.network.plan import plan
from roles.uplinks import frr, targets
from roles.uplinks.intent import RouterIntent, intent
from roles.uplinks.state import Sent, Session, State
from roles.uplinks.verify import problems

FIRST, SECOND = IPv4Address("10.255.1.1"), IPv4Address("10.255.1.5")
OURS = [IPv4Network("10.20.10.0/24"), IPv4Network("10.20.99.0/24")]  # users, management for the bastion; not guests
THEIRS = frozenset({IPv4Network("0.0.0.0/0"), IPv4Network("10.10.10.0/24")})
SAID = Path(__file__).parent / "uplinks"  # in the form of what edge1 of the lab prints, typed again


def key(scope: str, name: str) -> Secret:
    return Secret(f"{scope}-{name}".replace("/", "-"))


def intended() -> str:
    return targets(load("lab"), key)["edge1"].intended


def sent(community: str) -> dict[IPv4Network, Sent]:
    return {prefix: Sent(frozenset({community})) for prefix in OURS}


@pytest.fixture
def wanted() -> RouterIntent:
    administration = load("lab")
    return intent(administration, administration.routers["edge1"], key)


@pytest.fixture
def well() -> State:
    """A router as it must be."""
    return State(
        sessions={
            FIRST: Session("Established", "up", THEIRS, sent("65000:200")),
            SECOND: Session("Established", "up", THEIRS, sent("65000:100")),
        },
        best=dict.fromkeys(THEIRS, FIRST),
    )


def other(before: State, **changes: Any) -> State:
    """The same with something else about the first session."""
    return replace(before, sessions=before.sessions | {FIRST: replace(before.sessions[FIRST], **changes)})


def test_only_networks_that_reach_resina_are_announced(wanted: RouterIntent) -> None:
    assert list(wanted.announced) == OURS


def test_our_own_networks_are_never_learned_from_outside() -> None:
    filters = [line for line in intended().splitlines() if line.startswith("ip prefix-list RESINA-IN")]
    assert filters == [
        "ip prefix-list RESINA-IN seq 5 deny 10.20.10.0/24 le 32",
        "ip prefix-list RESINA-IN seq 10 deny 10.20.30.0/24 le 32",
        "ip prefix-list RESINA-IN seq 15 deny 10.20.99.0/24 le 32",
        "ip prefix-list RESINA-IN seq 1000 permit 0.0.0.0/0",
        "ip prefix-list RESINA-IN seq 1005 permit 10.0.0.0/8 le 24",
    ]


def test_each_session_has_its_own_key_and_each_role_its_community() -> None:
    lines = intended().splitlines()
    assert " neighbor 10.255.1.1 password device-edge1-bgp-resina1" in lines
    assert " neighbor 10.255.1.5 password device-edge1-bgp-resina2" in lines
    assert lines[lines.index("route-map RESINA-BACKUP-OUT permit 10") + 1 :][:2] == [
        " set as-path prepend 65101 65101",
        " set community 65000:100",
    ]


def test_a_key_is_sent_and_never_shown() -> None:
    planned = plan(FRR, "", intended())
    assert " neighbor 10.255.1.1 password device-edge1-bgp-resina1" in planned.texts
    assert " neighbor 10.255.1.1 password ***" in planned.shown
    assert not [line for line in planned.shown if "bgp-resina" in line]


def test_a_key_that_somebody_changed_is_replaced_and_neither_is_shown() -> None:
    running = intended().replace("device-edge1-bgp-resina2", "whatever-it-was")
    planned = plan(FRR, running, intended())
    assert planned.texts == ("router bgp 65101", " neighbor 10.255.1.5 password device-edge1-bgp-resina2", " exit")
    assert planned.shown == ("router bgp 65101", " neighbor 10.255.1.5 password ***", " exit")
    foreign = plan(FRR, running + " neighbor 10.9.9.9 remote-as 64999\n neighbor 10.9.9.9 password theirs\n", running)
    assert "theirs" not in " ".join(foreign.shown)


def test_a_router_as_it_must_be(wanted: RouterIntent, well: State) -> None:
    assert problems(wanted, well) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"state": "Active"}, "BGP session with resina1 (10.255.1.1) is Active"),
        ({"bfd": "down"}, "BFD with resina1 (10.255.1.1) is down"),
        ({"received": THEIRS - {IPv4Network("10.10.10.0/24")}}, "10.10.10.0/24 is not received from resina1"),
        ({"received": THEIRS - {IPv4Network("0.0.0.0/0")}}, "0.0.0.0/0 is not received from resina1"),
        (
            {"sent": {OURS[1]: Sent(frozenset({"65000:200"}))}},
            "10.20.10.0/24 is not announced to resina1",
        ),
        (
            {"sent": sent("65000:200") | {IPv4Network("10.20.30.0/24"): Sent(frozenset())}},
            "10.20.30.0/24 must not be announced to resina1",
        ),
        (
            {"sent": sent("65000:200") | {OURS[0]: Sent(frozenset({"65000:100"}))}},
            "10.20.10.0/24 is announced to resina1 without the community 65000:200",
        ),
    ],
)
def test_problems(wanted: RouterIntent, well: State, change: dict[str, object], expected: str) -> None:
    assert problems(wanted, other(well, **change)) == [expected]


def test_a_session_that_is_not_there(wanted: RouterIntent, well: State) -> None:
    assert problems(wanted, State({FIRST: well.sessions[FIRST]}, well.best)) == [
        "BGP session with resina2 (10.255.1.5) is absent"
    ]


def test_the_primary_way_is_the_one_that_is_taken(wanted: RouterIntent, well: State) -> None:
    assert problems(wanted, replace(well, best=dict.fromkeys(THEIRS, SECOND))) == [
        "0.0.0.0/0 goes through resina2, not through resina1 (primary)",
        "10.10.10.0/24 goes through resina2, not through resina1 (primary)",
    ]


def test_what_frr_prints_is_read(wanted: RouterIntent, well: State) -> None:
    answers = {json.loads(file.read_text())["command"]: file for file in SAID.glob("*.json")}

    def show(command: str) -> str:
        return json.dumps(json.loads(answers[command].read_text())["answer"])

    assert frr.state(show, [FIRST, SECOND]) == well
    assert problems(wanted, frr.state(lambda _command: "% Unknown command", [FIRST, SECOND])) == [
        "BGP session with resina1 (10.255.1.1) is absent",
        "BGP session with resina2 (10.255.1.5) is absent",
    ]


def test_a_line_that_a_router_refuses_is_quoted_without_its_key() -> None:
    line = next(line for line in intended().splitlines() if " password " in line)
    assert _message(ValueError(f'Invalid input detected at command: "{line}"\n')) == (
        'Invalid input detected at command: " neighbor 10.255.1.1 password ***"'
    )
