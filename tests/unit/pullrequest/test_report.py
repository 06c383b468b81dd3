"""A change said in sentences: each case is an edit of the sample and what a person reads, in French and English."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from deploys.review import content
from deploys.review.compare import Change, Content, Section, compare
from deploys.review.content import BaseError, sides
from deploys.review.git import Objects
from deploys.review.phrases import PHRASES, SUMMARY
from deploys.review.sentences import Report
from inventory.model import InventoryError, Person
from inventory.model.institution import Institution
from tests.unit.pullrequest.repository import Repository

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
BUILDINGS = Path(__file__).resolve().parents[1] / "inventory/buildings"


def told(repository: Repository, base: str = "main") -> Report:
    both = sides(Objects(repository.path).commit(base), repository.path)
    return Report(compare(both.before, both.after), both.names, both.files)


def apply(case: dict[str, Any], repository: Repository) -> None:
    """The edits of a case. What main has before them: a building of tests/unit/inventory, or edits of its own."""
    if "base" in case:
        repository.write({f"inventory/sites/{case['base']}": (BUILDINGS / case["base"]).read_text()})
        repository.commit()
    if "before" in case:
        apply({"edits": case["before"]}, repository)
        repository.commit()
    for edit in case["edits"]:
        if "old" in edit:
            repository.edit(edit["file"], edit["old"], edit["new"])
        else:
            repository.write({edit["file"]: edit["write"]})


def ordinary(text: str) -> str:
    """The spaces of typography as a person types them; their places have a test of their own."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    case = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    apply(case, repository)
    report = told(repository)
    for language, locale in (("french", "fr_FR.UTF-8"), ("english", "en_GB.UTF-8")):
        monkeypatch.setenv("LC_ALL", locale)
        assert ordinary(report.text()) == case[language].rstrip("\n")


def test_every_phrase_is_in_a_case(repository: Repository) -> None:
    """A phrase that no case shows may say anything. All are read here: other workers may have the other cases."""
    seen: set[str] = set()
    start = repository.git("rev-parse", "HEAD")
    for path in CASES:
        case = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        repository.git("reset", "--quiet", "--hard", start)
        repository.git("clean", "--quiet", "-fd")
        apply(case, repository)
        seen.update(change.key for change in told(repository).changes)
    assert PHRASES.keys() - seen == {"list_reordered"}


def test_every_phrase_counts_in_the_summary() -> None:
    counted = {key for keys, _, _ in SUMMARY for key in keys}
    told_otherwise = {"moves_out", "size_raised", "size_lowered"}
    assert counted | told_otherwise == PHRASES.keys()


def institution(**values: Any) -> Institution:
    people = [Person(id="M1001", login="awa.exemple", given="Awa", family="Exemple")]
    fixed = {"institution": "sante", "kind": "ministry", "name": "Santé", "mail_domain": "sante.gov.bf"}
    return Institution(
        **{**fixed, "people": people, "groups": {}, "shares": {}, "reviewers": ["@a/b", "@c/d"]} | values
    )


def test_a_new_order_is_told() -> None:
    before, after = institution(), institution(reviewers=["@c/d", "@a/b"])
    changes = compare(Content(institutions={"sante": before}), Content(institutions={"sante": after}))
    assert [change.key for change in changes] == ["list_reordered"]
    assert "nouvel ordre, @c/d et @a/b" in Report(changes, {}).text()


def test_a_field_without_words_of_its_own_is_told() -> None:
    before, after = (institution(quota_gib=size) for size in (2, 5))
    changes = compare(Content(institutions={"sante": before}), Content(institutions={"sante": after}))
    assert ordinary(Report(changes, {"sante": "Santé"}).summary()) == (
        "1 quota porté de 2 à 5 Gio, rien n'est supprimé."
    )


def test_the_order_of_people_is_no_change() -> None:
    people = [Person(id=f"P-{letter.upper()}", login=f"p.{letter}", given=letter, family="Exemple") for letter in "abc"]
    before, after = institution(people=people), institution(people=people[::-1])
    assert compare(Content(institutions={"sante": before}), Content(institutions={"sante": after})) == []


def test_two_people_of_one_name_are_never_taken_for_one() -> None:
    def two(*ids: str) -> list[Person]:
        return [Person(id=id_, login=f"awa.{id_.lower()}", given="Awa", family="Exemple") for id_ in ids]

    before, after = institution(people=two("A", "B")), institution(people=two("C", "D"))
    changes = compare(Content(institutions={"sante": before}), Content(institutions={"sante": after}))
    assert sorted(change.key for change in changes) == ["arrives", "arrives", "leaves", "leaves"]


def test_spaces_of_french_typography(repository: Repository) -> None:
    repository.edit("inventory/institutions/mtdpce/groups.yaml", "[awa.exemple]", "[]")
    assert "Groupe «\u00a0conseil\u00a0»\u00a0: Awa Exemple en sort." in told(repository).text()


def test_what_people_write_cannot_steer_a_terminal() -> None:
    changes = [Change("sante", Section.PEOPLE, "leaves", {"name": "A\x1b[2J\u202ewa", "login": "awa"})]
    text = Report(changes, {}).text()
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("value", ["{login}", "%s", "{0.__class__}", "« »", "a : b ?"])
def test_values_are_not_templates(value: str) -> None:
    changes = [Change("sante", Section.PEOPLE, "leaves", {"name": value, "login": "awa"})]
    assert f"  - {value} (awa) part" in Report(changes, {}).text()


def test_a_base_that_does_not_load_is_one_line(repository: Repository) -> None:
    repository.write({"inventory/sites/dc.yaml": "site: [\n"})
    base = repository.commit()
    repository.git("checkout", "--quiet", "main~1", "--", "inventory")
    with pytest.raises(BaseError, match=r"^inventory/sites/dc.yaml:1:8: ") as caught:
        told(repository, base)
    assert "\n" not in str(caught.value)


def test_a_base_from_before_this_layout_is_one_line(repository: Repository) -> None:
    repository.write({"inventory/institutions/old.yaml": "institution: old\n"})
    base = repository.commit()
    with pytest.raises(BaseError, match=r"^inventory/institutions/old.yaml: "):
        told(repository, base)


def test_a_head_that_does_not_load_lists_its_mistakes(repository: Repository) -> None:
    repository.edit("inventory/institutions/sante/people.yaml", "given: Moussa", "givn: Moussa")
    repository.edit("inventory/sites/dc.yaml", "kind: datacentre", "kind: cave")
    repository.write({"inventory/institutions/anptic/people.yaml": None})
    with pytest.raises(InventoryError) as caught:
        told(repository)
    files = {problem.file.as_posix() for problem in caught.value.problems}
    assert files == {
        "inventory/institutions/anptic/people.yaml",
        "inventory/institutions/sante/people.yaml",
        "inventory/sites/dc.yaml",
    }


def test_only_what_differs_is_parsed(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit("inventory/institutions/sante/people.yaml", "Moussa", "Moussah")
    read: list[str] = []
    original = content._read
    monkeypatch.setattr(content, "_read", lambda top, path, model: read.append(path) or original(top, path, model))
    told(repository)
    people = [path for path in read if path.endswith("people.yaml")]
    assert people == ["inventory/institutions/sante/people.yaml"] * 2
    assert not [path for path in read if "/sites/" in path]
