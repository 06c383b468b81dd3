"""What hosts would be, before and after: the engine's catalogue of two trees, compared."""

from pathlib import Path

import pytest

from deploys.preview import Catalogue, CatalogueError, Told, catalogue, differences, preview
from deploys.review import planned
from tests.unit.pullrequest.repository import Repository

ROOT = Path(__file__).resolve().parents[3]

ENGINE = """
import json, os, sys
from pathlib import Path
assert not [key for key in os.environ if "TOKEN" in key or "SECRET" in key], "the environment holds a token"
assert sys.argv[1:4] == ["catalogue", "--environment", "lab"]
people = Path("inventory/institutions/sante/people.yaml").read_text().splitlines()
lines = [f"+{line.partition('login: ')[2].split(',')[0]}@sante.gov.bf" for line in people if "login" in line]
hosts = {"mail1": [{"step": "mail: mailboxes", "lines": ["/etc/boxes: new file", *lines], "institutions": ["sante"]}]}
Path(sys.argv[5]).write_text(json.dumps({"hosts": hosts}))
"""


def step(name: str, *lines: str, institutions: tuple[str, ...] = ()) -> Told:
    return Told(step=name, lines=list(lines), institutions=list(institutions))


def told(before: list[Told], after: list[Told]) -> list[tuple[str, list[str], str]]:
    steps = differences(Catalogue({"h": before}), Catalogue({"h": after}))
    return [(each.step, [line.text for line in each.lines], each.risk) for each in steps]


def test_the_same_words_are_no_difference() -> None:
    assert told([step("a", "run: x"), step("a", "run: y")], [step("a", "run: x"), step("a", "run: y")]) == []


def test_a_file_differs_line_by_line() -> None:
    before = [step("a", "/etc/a: new file", "+one", "+two", "/etc/b: new file", "+same")]
    after = [step("a", "/etc/a: new file", "+one", "+2", "+three", "/etc/b: new file", "+same")]
    assert told(before, after) == [("a", ["/etc/a", "-two", "+2", "+three"], "")]


def test_steps_and_commands_come_and_go() -> None:
    before = [step("a", "run: one", "run: two"), step("old", "/etc/x: new file", "+x")]
    after = [step("a", "run: one", "run: 2"), step("new", "run: z")]
    assert told(before, after) == [
        ("a", ["+run: 2", "-run: two"], ""),
        ("new", ["+run: z"], ""),
        ("old", ["-/etc/x: new file", "-x"], "removal"),
    ]


def test_a_step_of_one_institution_is_its_own() -> None:
    (found,) = differences(Catalogue({}), Catalogue({"h": [step("a", "run: x", institutions=("", "sante"))]}))
    assert [line.institution for line in found.lines] == ["sante"]
    told_by_line = Told.model_validate({"step": "a", "lines": [{"text": "run: x", "institution": "anptic"}]})
    (found,) = differences(Catalogue({}), Catalogue({"h": [told_by_line]}))
    assert [line.institution for line in found.lines] == ["anptic"]


def test_thirty_thousand_lines_are_quick() -> None:
    lines = [f"+person{number}" for number in range(30_000)]
    before, after = step("a", "/f: new file", *lines), step("a", "/f: new file", *lines[:-1], "+other", lines[-1])
    assert told([before], [after]) == [("a", ["/f", "+other"], "")]


def test_two_trees_are_compared_without_a_token(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORGE_TOKEN", "s3cret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    repository.write({"deploys/engine/__main__.py": ENGINE})
    base = repository.commit()
    repository.edit("inventory/institutions/sante/people.yaml", "login: moussa.exemple", "login: m.exemple")
    found = preview(base, "lab", repository.path)
    (change,) = found.changes
    assert [line.text for line in change.lines] == [
        "/etc/boxes",
        "-moussa.exemple@sante.gov.bf",
        "+m.exemple@sante.gov.bf",
    ]
    assert {line.institution for line in change.lines} == {"", "sante"}
    assert list((repository.path / ".cache").iterdir()) == []
    path = repository.path / "preview.json"
    path.write_text(found.model_dump_json(), encoding="utf-8")
    assert planned.read(path) == found


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("raise SystemExit('no such verb')", "no catalogue: no such verb"),
        ("import sys; open(sys.argv[5], 'w').write('[]')", "not a catalogue"),
        ("import sys; open(sys.argv[5], 'w').write('{')", "not a catalogue"),
    ],
)
def test_an_engine_that_cannot_say_is_one_line(engine: str, message: str, repository: Repository) -> None:
    repository.write({"deploys/engine/__main__.py": engine})
    with pytest.raises(CatalogueError, match=message) as caught:
        preview(repository.commit(), "lab", repository.path)
    assert "\n" not in str(caught.value)


def test_our_engines_catalogue_is_read() -> None:
    found = catalogue(ROOT, "lab")
    assert "base: firewall" in [told.step for told in found.hosts["dc1"]]
