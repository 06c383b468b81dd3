"""The steps that make a controller of a machine, and keep the roles that one alone holds in living hands."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pyinfra.api import FactBase
from pyinfra.context import ctx_host

from inventory.model import load
from roles.common.commands import Explained
from roles.directory import operations
from roles.directory.config import config_of
from roles.directory.facts import Known, KnownControllers

ADMINISTRATION = load("lab")
FIRST, SECOND = (config_of(ADMINISTRATION, ADMINISTRATION.machine(name)) for name in ("dc1", "dc2"))
ALONE = replace(FIRST, controllers=("dc1",))
PASSWORD = "Not-a-real-1"  # not-a-secret: made up


class Host:
    """A controller that answers what it is told to."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.left_alone = answers, 0

    def get_fact(self, fact: type[FactBase[Any]]) -> Any:
        return self.answers[fact.__name__]

    def noop(self, _why: str) -> None:
        self.left_alone += 1

    def commands(self, operation: Any, **arguments: Any) -> list[Explained]:
        with ctx_host.use(self):  # type: ignore[arg-type]  # as much of one as is asked
            return list(operation._inner(**arguments))


class Secrets:
    def get(self, scope: str, key: str) -> "Secrets":
        assert (scope, key) == ("directory", "administrator")
        return self

    def reveal(self) -> str:
        return PASSWORD


def test_a_controller_of_the_domain_is_left_alone() -> None:
    host = Host(Provisioned=True)
    assert (host.commands(operations.domain, cfg=FIRST, secrets=Secrets()), host.left_alone) == ([], 1)


@pytest.mark.parametrize(
    ("cfg", "put_back", "says"),
    [
        (ALONE, False, "provision the domain INTRA.GOV.BF"),
        (SECOND, False, "join the domain INTRA.GOV.BF"),
        (SECOND, True, "join the domain INTRA.GOV.BF, since it was put back to an earlier state"),
    ],
)
def test_a_password_travels_over_stdin_alone(
    cfg: Any, put_back: bool, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "provisioned", lambda _name: True)
    host = Host(Provisioned=False, PutBack=put_back)
    (command,) = host.commands(operations.domain, cfg=cfg, secrets=Secrets())
    assert [change.text for change in command.changes] == [says]
    assert PASSWORD not in command.get_raw_value()
    (line,) = command.connector_arguments["_stdin"].readlines()
    assert PASSWORD in line
    if cfg is SECOND:
        assert json.loads(line)["peers"] == ["dc1.intra.gov.bf"]


def told(known: Known) -> list[str]:
    found = Host(KnownControllers=known).commands(operations.controllers, cfg=FIRST)
    return [change.text for command in found for change in command.changes]


def test_controllers_of_the_inventory_keep_their_roles() -> None:
    assert told(Known(frozenset({"dc1", "dc2"}), {"pdc": "dc2", "rid": "dc1"})) == []


def test_the_roles_of_the_dead_are_taken_and_they_are_removed() -> None:
    known = Known(frozenset({"dc1", "dc2", "dc9"}), {"pdc": "dc9", "rid": "", "schema": "dc2"})
    assert told(known) == [
        "role pdc: taken by dc1, its holder is no more",
        "role rid: taken by dc1, its holder is no more",
        "controller dc9: remove from the directory",
    ]


def test_what_a_controller_says_of_the_others_is_read() -> None:
    said = json.dumps({"controllers": ["dc1"], "roles": {"pdc": ""}})
    assert KnownControllers().process([said]) == Known(frozenset({"dc1"}), {"pdc": ""})
