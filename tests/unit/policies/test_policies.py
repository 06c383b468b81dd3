"""Each thing that is refused though it is valid YAML, and the one line that it is answered with.

A case is a file of cases/: the edits to the sample inventory, then what must be printed.
"""

import shutil
import time
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from inventory import policies
from inventory.model.load import parse
from inventory.policies.texts import trouble

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "inventory/sample"
CASES = sorted((HERE / "cases").glob("*.yaml"))


def edited(case: Path, folder: Path) -> Path:
    """A copy of the sample inventory with the edits of a case."""
    shutil.copytree(SAMPLE, folder)
    for change in YAML(typ="safe").load(case.read_text())["edits"]:
        path = folder / change["file"]
        text = path.read_text()
        assert text.count(change["replace"]) == 1, f"{change['replace']!r} is not once in {path}"
        path.write_text(text.replace(change["replace"], change["with"]))
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_what_is_refused_is_one_line(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = edited(case, tmp_path / "inventory")
    wanted = YAML(typ="safe").load(case.read_text())
    for language, key in (("fr_FR.UTF-8", "french"), ("en_US.UTF-8", "english")):
        monkeypatch.setenv("LC_ALL", language)
        assert [str(problem) for problem in policies.check(parse("lab", folder))] == wanted[key]


def test_each_policy_has_a_case(tmp_path: Path) -> None:
    refusing = set()
    for case in CASES:
        parsed = parse("lab", edited(case, tmp_path / case.stem / "inventory"))
        refusing |= {policy.__name__ for policy in policies.POLICIES if list(policy(parsed))}
    assert refusing == {policy.__name__ for policy in policies.POLICIES}


@pytest.mark.parametrize("environment", ["lab", "production"])
def test_the_reference_inventory_is_accepted(environment: str) -> None:
    assert list(policies.check(parse(environment))) == []


def test_the_sample_inventory_is_accepted() -> None:
    assert list(policies.check(parse("lab", SAMPLE))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Awa",
        "Ouédraogo-Sawadogo",
        "N’Diaye",
        "Siège : l'annexe « A »",
        "Siège\u202f: annexe",
        "Zɛ̃ŋa",  # ŋ, ɛ with a tilde: letters of the national languages
        "Ministère — وزارة",
        "Ελένη",
    ],
)
def test_honest_texts_pass(text: str) -> None:
    assert trouble(text) == ""


@pytest.mark.parametrize(
    "text", ["Awа", "Мoussa", "Awa\u200b", "\u202eawA", "Awa ", "A  b", "Ame\u0301lie", "A\u00adb", "A\u3000b"]
)
def test_texts_that_look_like_others_do_not(text: str) -> None:
    assert trouble(text) != ""


def test_thirty_thousand_people_are_read_at_once(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "inventory")
    people = tmp_path / "inventory/institutions/anptic/people.yaml"
    lines = (f"  - {{id: P{n}, login: p{n}.nom, given: Amélie-Awa, family: Ouédraogo}}\n" for n in range(3000))
    people.write_text(people.read_text() + "".join(lines))
    parsed = parse("lab", tmp_path / "inventory")
    started = time.process_time()
    assert list(policies.check(parsed)) == []
    assert time.process_time() - started < 0.1  # a tenth of the people
