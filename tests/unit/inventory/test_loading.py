"""Files that are not what they should be are answered with a line, never with a traceback."""

from pathlib import Path

import pytest

from inventory.model import InventoryError
from inventory.model.schema import schemas
from inventory.model.source import Source


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "le fichier est vide"),
        (b"\xff\xfe", "le fichier n'est pas en UTF-8"),
        (b"a: 1\n\tb: 2\n", "ce n'est pas du YAML valide"),
        (b"a: *nowhere\n", "ce n'est pas du YAML valide"),
        (b"a: 1\na: 2\n", "est donnée deux fois"),
        (b"a: !!python/object:os.system x\n", "ce n'est pas du YAML valide"),
    ],
)
def test_bad_file(content: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(InventoryError) as caught:
        Source(path, Path("x.yaml"))
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.line >= 1


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(InventoryError):
        Source(tmp_path / "absent.yaml", Path("absent.yaml"))


def test_editor_schemas_are_current() -> None:
    for path, text in schemas().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make schema`"
