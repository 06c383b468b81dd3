"""Each mistake that a person can make, and the one line that it is answered with.

A case is a file of cases/: the edits to the inventory of sample/ (without `replace`: a new file), then what must be
printed.
"""

import shutil
from pathlib import Path

import pytest
import yaml

from inventory.model import InventoryError, load

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "inventory"
    shutil.copytree(HERE / "sample", copy)
    return copy


def edit(path: Path, replace: str, by: str) -> None:
    text = path.read_text()
    assert text.count(replace) == 1, f"{replace!r} is not once in {path}"
    path.write_text(text.replace(replace, by))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_mistake_is_one_line(case: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = yaml.safe_load(case.read_text())
    for change in wanted["edits"]:
        path = folder / change["file"]
        if "replace" not in change:
            path.parent.mkdir(exist_ok=True)
            path.write_text(change["with"])
            continue
        edit(path, change["replace"], change["with"])
    for language, key in (("fr_FR.UTF-8", "french"), ("en_US.UTF-8", "english")):
        if key not in wanted:
            continue
        monkeypatch.setenv("LC_ALL", language)
        with pytest.raises(InventoryError) as caught:
            load("lab", folder)
        assert [str(problem) for problem in caught.value.problems] == wanted[key]


def test_reference_inventory_is_valid() -> None:
    assert load("lab").machine("mail1").fqdn == "mail1.intra.gov.bf"


def test_production_has_no_lab_machine() -> None:
    assert "ws1" in load("lab").machines
    assert "ws1" not in load("production").machines


def test_two_institutions_cannot_share_a_group_of_the_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """sante-rh with « dsi », and sante with « rh-dsi », would both be sante-rh-dsi."""
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    place = (folder / "institutions/anptic").rename(folder / "institutions/sante-rh")
    edit(place / "institution.yaml", "institution: anptic\n", "institution: sante-rh\n")
    edit(place / "shares.yaml", "  anptic:\n", "  sante-rh:\n")
    edit(folder / "institutions/sante/groups.yaml", "  conseil: [moussa.exemple]", "  rh-dsi: [mariam.modele]")
    edit(folder / "applications/e-cm.yaml", ", sante/conseil", "")
    edit(folder / "applications/cim.yaml", "anptic/agents", "sante-rh/agents")
    with pytest.raises(InventoryError) as caught:
        load("lab", folder)
    assert [problem.message for problem in caught.value.problems] == [
        "le groupe « sante-rh-dsi » existe déjà dans l'annuaire : inventory/institutions/sante/groups.yaml"
        " ; choisir un autre nom"
    ]
