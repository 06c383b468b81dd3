"""Files that are not what they should be are answered with a line, never with a traceback."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from inventory.model import InventoryError, load
from inventory.model.forms import BY_PATTERN
from inventory.model.institution import GroupsFile
from inventory.model.load import parse_each
from inventory.model.messages import MESSAGES
from inventory.model.schema import KINDS, schemas
from inventory.model.source import Source
from inventory.model.text import LARGEST
from inventory.model.validate import schema_of, validate

SAMPLE = Path(__file__).parent / "sample"
BAD_FILES: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "bad-files.yaml").read_text())


@pytest.fixture(autouse=True)
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")


def answers(folder: Path, content: bytes) -> list[str]:
    """What is said of a groups.yaml."""
    path = folder / "groups.yaml"
    path.write_bytes(content)
    with pytest.raises(InventoryError) as caught:
        validate(GroupsFile, Source(path, Path("groups.yaml")))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("case", BAD_FILES.values(), ids=BAD_FILES)
def test_bad_file(case: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = case["content"].encode("latin-1")
    assert answers(tmp_path, content) == [case["french"]]
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert answers(tmp_path, content) == [case["english"]]


def test_what_tools_read_in_different_ways_needs_quotes(tmp_path: Path) -> None:
    for word in (
        "no",
        "Yes",
        "ON",
        "n",
        "010",
        "1e3",
        "2026-11-25",
        "12:30",
        "1.0",
        "true",
        "42",
        "1_000",
        "0x1F",
        "+5",
    ):
        said = f'« {word} » sans guillemets n\'est pas un texte pour tous les outils ; écrire "{word}"'
        assert answers(tmp_path, f"groups: {{rh: [{word}]}}\n".encode()) == [
            f"groups.yaml:1:15: {said.lower() if word == 'true' else said}"
        ]
        quoted = answers(tmp_path, f'groups: {{rh: ["{word}!"]}}\n'.encode())
        assert "n'a pas la bonne forme" in quoted[0]


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    content = b"groups: {}\n#" + b"." * LARGEST
    assert answers(tmp_path, content) == ["groups.yaml:1:1: le fichier est trop grand : 5.1 Mio, 5 Mio au plus"]


def test_a_million_brackets(tmp_path: Path) -> None:
    assert answers(tmp_path, b"[" * 1_000_000) == ["groups.yaml:1:21: trop de niveaux : 20 au plus"]


def test_many_mistakes_are_counted(tmp_path: Path) -> None:
    said = answers(tmp_path, b"groups:\n" + b"".join(b"  G%d: []\n" % number for number in range(5000)))
    assert len(said) == 101
    assert said[-1].endswith("et 4900 autres erreurs dans ce fichier")


def test_what_is_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "link.yaml").symlink_to("/etc/hostname")
    said = {}
    for name in ("folder", "pipe", "link", "absent"):
        with pytest.raises(InventoryError) as caught:
            Source(tmp_path / f"{name}.yaml", Path(f"{name}.yaml"))
        said[name] = str(caught.value)
    mend = "le remplacer par un fichier de texte, ou lui donner un nom sans « .yaml »"
    assert said == {
        "folder": f"folder.yaml:1:1: « folder.yaml » n'est pas un fichier ; {mend}",
        "pipe": f"pipe.yaml:1:1: « pipe.yaml » n'est pas un fichier ; {mend}",
        "link": "link.yaml:1:1: « link.yaml » est un lien ; mettre le fichier ou le dossier lui-même à sa place",
        "absent": "absent.yaml:1:1: le fichier n'existe pas",
    }


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("groups: {}\n")
    path.chmod(0)
    user = os.geteuid()
    os.seteuid(65534 if user == 0 else user)  # root may read everything
    try:
        with pytest.raises(InventoryError) as caught:
            Source(path, Path("x.yaml"))
    finally:
        os.seteuid(user)
    mend = "vérifier ses droits : chmod 644 x.yaml"
    assert str(caught.value) == f"x.yaml:1:1: « x.yaml » ne peut pas être lu (erreur 13 du système) ; {mend}"


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    """Neither a file, nor the folder of an institution, nor that of all sites may be another's."""
    place = tmp_path / "inventory"
    shutil.copytree(SAMPLE, place)
    (place / "platform.yaml").rename(tmp_path / "platform.yaml")
    (place / "sites").rename(tmp_path / "sites")
    for link, target in (
        ("platform.yaml", tmp_path / "platform.yaml"),
        ("sites", tmp_path / "sites"),
        ("institutions/justice", place / "institutions/sante"),
    ):
        (place / link).symlink_to(target)
    with pytest.raises(InventoryError) as caught:
        load("lab", place)
    mend = "est un lien ; mettre le fichier ou le dossier lui-même à sa place"
    assert [str(problem) for problem in caught.value.problems] == [
        f"inventory/institutions/justice:1:1: « justice » {mend}",
        f"inventory/platform.yaml:1:1: « platform.yaml » {mend}",
        f"inventory/sites:1:1: « sites » {mend}",
    ]


def test_names_of_files_are_shown_on_one_line(tmp_path: Path) -> None:
    place = tmp_path / "inventory"
    shutil.copytree(SAMPLE, place)
    (place / "sites/a\nb.txt").touch()
    Path(os.fsdecode(bytes(place / "sites" / "c") + b"\xff.txt")).touch()
    shutil.rmtree(place / "applications")
    with pytest.raises(InventoryError) as caught:
        load("lab", place)
    assert [str(problem) for problem in caught.value.problems] == [
        "inventory/applications:1:1: le dossier n'existe pas, ou ne peut pas être lu",
        "inventory/sites/a?b.txt:1:1: fichier ou dossier inconnu « a?b.txt » ; ici : des fichiers en .yaml",
        "inventory/sites/c?.txt:1:1: fichier ou dossier inconnu « c?.txt » ; ici : des fichiers en .yaml",
    ]


def test_lines_that_end_as_on_windows(tmp_path: Path) -> None:
    path = tmp_path / "groups.yaml"
    path.write_bytes(b"groups:\r\n  rh: [awa.exemple]\r\n")
    assert validate(GroupsFile, Source(path, path)).groups == {"rh": ["awa.exemple"]}
    assert answers(tmp_path, b"groups:\r\n  rh: []\r\n  rh: []\r\n")[0].startswith("groups.yaml:3:3: la clé « rh »")


def test_absent_environment() -> None:
    for name in ("laab", "../lab"):
        with pytest.raises(InventoryError) as caught:
            load(name)
        assert str(caught.value) == (
            f"inventory/environments:1:1: l'environnement « {name} » n'existe pas ; possibles : lab, production"
            " ; vouliez-vous dire « lab » ?"
        )


def test_environments_share_what_is_read_once() -> None:
    lab, production = parse_each(["lab", "production"]).values()
    assert lab.institutions is production.institutions
    assert "ws1" in lab.administration().machines
    assert "ws1" not in production.administration().machines


def test_editor_schemas_are_current() -> None:
    for path, text in schemas().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make schema`"


def test_every_key_is_described_with_an_example() -> None:
    for kind, model in KINDS.items():
        schema = schema_of(model)
        for node in (schema, *schema.get("$defs", {}).values()):
            for key, about in node["properties"].items():
                optional = {name: value for choice in about.get("anyOf", []) for name, value in choice.items()}
                assert {"description", "examples"} <= {**optional, **about}.keys(), f"{kind}: {key}"


def test_every_pattern_is_a_form_with_words() -> None:
    def patterns(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (node[key] for key in ("pattern",) if isinstance(node.get(key), str))
            yield from node.get("patternProperties", {})
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from patterns(inner)

    for model in KINDS.values():
        assert set(patterns(schema_of(model))) <= BY_PATTERN.keys()
    for form in BY_PATTERN.values():
        assert re.fullmatch(form.pattern, form.example)


def test_every_example_is_valid() -> None:
    for model in KINDS.values():
        examples = {key: field.examples[0] for key, field in model.model_fields.items() if field.examples}
        model.model_validate(examples)


def test_both_languages_show_the_same() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for key, (french, english) in MESSAGES.items():
        assert fields(french) == fields(english), key
