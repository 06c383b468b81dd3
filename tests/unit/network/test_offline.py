"""A plan from what history kept says what a plan from the device says, and asks nobody."""

from pathlib import Path

import pytest

from inventory.model import load
from roles import lan
from roles.network import processes
from roles.network.change import Outcome, Target
from roles.network.history import History, Why
from roles.network.offline import from_history
from roles.network.plan import plan
from roles.network.processes import side_by_side
from roles.network.run import main
from tests.made_up import secret_of


@pytest.fixture
def target() -> Target:
    return lan.targets(load("lab"), secret_of)["sw1"]


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "configurations", Why("awa@bastion"))


def running(target: Target) -> str:
    """What it would run had somebody moved a port."""
    return target.intended.replace("access vlan 10", "access vlan 99", 1)


def test_the_lines_of_a_plan_from_the_device(target: Target, history: History) -> None:
    history.found({"sw1": running(target)})
    (result,) = from_history({"sw1": target}, history)["sw1"]
    expected = plan(target.platform, running(target), target.intended)
    assert isinstance(result.result, Outcome)
    assert result.result.lines == expected.texts != ()
    assert result.result.why == expected.why
    assert result.changed


def test_nothing_to_do_is_no_change(target: Target, history: History) -> None:
    history.found({"sw1": target.intended})
    (result,) = from_history({"sw1": target}, history)["sw1"]
    assert not result.changed
    assert not result.failed


def test_what_history_does_not_have_and_what_is_refused_are_failures(target: Target, history: History) -> None:
    history.found({"sw2": f"{target.intended}username awa secret 9 hash\n"})
    never, kept = from_history({"sw1": target, "sw2": target}, history).values()
    assert never[0].failed
    assert never[0].result.startswith("history has no configuration of it")
    assert not kept[0].failed


def test_a_secret_that_both_have_is_no_difference(history: History, target: Target) -> None:
    # History keeps no secret, so the intention is held against it without its own.
    assert "snmp-server user supervision-" in target.intended
    history.found({"sw1": target.intended})
    (result,) = from_history({"sw1": target}, history)["sw1"]
    assert result.result.lines == ()


def test_lines_that_only_their_secrets_told_apart_are_one(target: Target, history: History) -> None:
    history.found({"sw1": f"{target.intended}snmp-server community a RO\nsnmp-server community b RO\n"})
    (result,) = from_history({"sw1": target}, history)["sw1"]
    assert result.result.lines == ("no snmp-server community *** RO",)


def test_side_by_side_keeps_the_order_and_says_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "FEW", 2)
    names = [str(number) for number in range(9)]
    offset = 10  # what the parent has, the children have
    assert side_by_side(lambda name: int(name) + offset, names) == list(range(10, 19))
    with pytest.raises(ValueError, match="invalid literal"):
        side_by_side(int, ["1", "2", "x"])


def test_history_is_for_plans(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["lan", "--from", "history"])
    with pytest.raises(SystemExit):
        main(lan.targets, "switches", "awa@bastion")
    assert "--from history is for --plan" in capsys.readouterr().err
