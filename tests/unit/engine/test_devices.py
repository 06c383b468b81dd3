"""What a deploy makes of the answer of the process that changes devices."""

from types import SimpleNamespace
from typing import Any

from deploys.engine.apply import Run
from deploys.engine.change import Change, Line, Plan
from deploys.engine.events import Events
from deploys.engine.flows import _devices

CHANGES = tuple(
    Change(name, "lan: configuration", (Line(f"hostname {name}"),), kind="device") for name in ("sw1", "sw2")
)


def told(answer: dict[str, dict[str, Any]], stopped: str = "") -> tuple[dict[str, str], str, list[str]]:
    """The notes, why the deploy stops, and the devices that changed."""
    events = Events()
    run = Run(None, {}, events, lambda _: frozenset(), lambda _: {}, None, stopped=stopped)  # type: ignore[arg-type]
    found = Plan("lab", "none", "today", ("site",), (), ("sw1", "sw2"), CHANGES)

    def apply(_capability: str, _changes: list[Change], reason: str, checksum: str) -> dict[str, dict[str, Any]]:
        assert (reason, checksum) == ("a new office", found.checksum)
        return answer

    request, children = SimpleNamespace(reason="a new office"), SimpleNamespace(apply=apply)
    _devices(SimpleNamespace(events=events, children=children, request=request), "lan", found, run)  # type: ignore[arg-type]
    return run.notes, run.stopped, sorted(events.changed)


def test_a_device_that_fails_stops_the_deploy_and_the_others_are_named() -> None:
    notes, stopped, changed = told({"sw1": {"error": "not as it must be"}, "sw2": {"not_done": "sw1 failed"}})
    assert notes == {"sw1": "FAILED: not as it must be", "sw2": "NOT DONE: sw1 failed"}
    assert (stopped, changed) == ("sw1 failed", [])


def test_devices_that_end_well() -> None:
    assert told({"sw1": {"changed": True}, "sw2": {"changed": True}}) == ({}, "", ["sw1", "sw2"])


def test_devices_after_a_stop_are_named_and_left_alone() -> None:
    notes, _, changed = told({"sw1": {"changed": True}}, stopped="dc1, the canary, failed")
    assert notes == dict.fromkeys(("sw1", "sw2"), "NOT DONE: dc1, the canary, failed")
    assert changed == []
