"""The list of who may be in a service, and who is shown out because of it."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from roles.common import admission as module
from roles.common.commands import Explained, WriteFile

CLOSE = Path(__file__).parents[3] / "roles/mail/programs/close_mailboxes.py"


class Inside:
    """Stands for the fact that tells who is inside."""


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> dict[type, set[str]]:
    """What the host holds: the names of its list, and those who are inside."""
    found: dict[type, set[str]] = {module.Admitted: set(), Inside: set()}
    monkeypatch.setattr(module, "host", SimpleNamespace(get_fact=lambda fact, **_: found[fact]))
    monkeypatch.setattr(module, "render", lambda _template, **context: "\n".join(context["names_in_it"]))
    monkeypatch.setattr(
        module,
        "written",
        lambda path, text, **owner: [WriteFile(path, text, user="root", check=None, secret=False, **owner)],
    )
    return found


def done(*names: str) -> list[WriteFile | Explained]:
    operation = module.admitted._inner
    return list(operation("/etc/list", "any", names, Inside, CLOSE, names_in_it=names))


def test_who_comes_closes_nothing(door: dict[type, set[str]]) -> None:
    door[module.Admitted] = door[Inside] = {"awa"}
    assert [type(each) for each in done("awa", "issa")] == [WriteFile]


def test_who_leaves_is_shown_out_after_the_list_is_in_force(door: dict[type, set[str]]) -> None:
    door[module.Admitted] = {"awa", "issa"}
    listed, closed = done("issa")
    assert isinstance(listed, WriteFile)
    assert isinstance(closed, Explained)
    assert [each.text for each in closed.changes] == ["close what is open of awa"]
    assert json.loads(closed.connector_arguments["_stdin"]) == ["issa"]


def test_a_run_that_died_after_the_list_is_completed(door: dict[type, set[str]]) -> None:
    door[module.Admitted], door[Inside] = {"issa"}, {"awa", "issa"}
    assert isinstance(done("issa")[-1], Explained)


def test_many_names_are_a_few_and_a_number(door: dict[type, set[str]]) -> None:
    door[module.Admitted] = set("abcde")
    (_, closed) = done()
    assert [each.text for each in closed.changes] == ["close what is open of a, b, c and 2 more"]


def test_names_stand_before_the_first_colon() -> None:
    assert module.Admitted().process(["# Managed", "awa@x.bf", "", r"sante/gouv\issa"]) == {
        "awa@x.bf",
        r"sante/gouv\issa",
    }
