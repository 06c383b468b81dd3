"""The key of all tickets: changed on one controller, seen on all, and not again while tickets of the former live."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploys.controllers import NoAnswerError
from deploys.krbtgt import RefusedError, changed
from inventory.model import Administration, load

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@dataclass
class Controllers:
    """Controllers that replicate after some questions."""

    days: float = 400
    lag: int = 0
    numbers: dict[str, int] = field(default_factory=lambda: {"dc1": 3, "dc2": 3})
    changes: list[str] = field(default_factory=list)

    def ask(self, _: Administration, name: str, program: Path, *verb: str) -> str:
        assert program.name == "krbtgt.py"
        if verb == ("change",):
            self.changes.append(name)
            self.numbers[name] += 1
            self.days = 0
        elif self.changes and name != self.changes[0]:
            self.lag -= 1
            if self.lag < 0:
                self.numbers[name] = self.numbers[self.changes[0]]
        at = NOW - timedelta(days=self.days)
        return json.dumps({"number": self.numbers[name], "changed": at.timestamp()})


def administration() -> Administration:
    """The lab's, with a second controller."""
    lab = load("lab")
    site = lab.sites["dc"]
    second = site.machines["db1"].model_copy(update={"runs": ["directory"]})
    machines = {name: machine for name, machine in site.machines.items() if name not in ("db1", "dc2")}
    return replace(lab, sites={**lab.sites, "dc": site.model_copy(update={"machines": {**machines, "dc2": second}})})


def change(controllers: Controllers, **options: Any) -> list[str]:
    options.setdefault("end", False)
    return changed(administration(), asked=controllers.ask, now=lambda: NOW, wait=lambda _: None, **options)


def test_the_key_is_changed_once_and_seen_everywhere() -> None:
    controllers = Controllers(lag=3)
    assert change(controllers) == [
        "dc1, dc2: key 4 (was 3, of 2025-10-23); tickets of the former key stay good",
    ]
    assert controllers.changes == ["dc1"]


def test_not_again_while_tickets_of_the_former_key_live() -> None:
    controllers = Controllers(days=0.25)
    with pytest.raises(RefusedError, match=r"^key 3 is 6 h 00 old: .*END=1"):
        change(controllers)
    assert controllers.changes == []


def test_after_an_intrusion_all_tickets_end_at_once() -> None:
    assert change(Controllers(days=0.25), end=True) == [
        "dc1, dc2: key 6 (was 3, of 2026-11-27); all tickets have ended"
    ]


def test_controllers_that_do_not_agree_are_left_alone() -> None:
    controllers = Controllers(numbers={"dc1": 3, "dc2": 2})
    with pytest.raises(RefusedError, match="do not agree on the present key: dc1 3, dc2 2"):
        change(controllers)
    assert controllers.changes == []


def test_a_key_that_does_not_arrive_is_said() -> None:
    with pytest.raises(RefusedError, match="key 4 has not reached dc2 after 120 s"):
        change(Controllers(lag=1000))


def test_a_controller_that_is_down_stops_all_before_anything_changes() -> None:
    controllers = Controllers()

    def ask(known: Administration, name: str, program: Path, *verb: str) -> str:
        if name == "dc2":
            raise NoAnswerError("dc2 does not answer: connection refused")
        return controllers.ask(known, name, program, *verb)

    with pytest.raises(NoAnswerError, match="dc2 does not answer"):
        changed(administration(), end=False, asked=ask, now=lambda: NOW)
    assert controllers.changes == []
