"""An inventory of 30,000 people is read in little time, and so are its mistakes: nothing grows with the square."""

import time
from pathlib import Path

import pytest

from inventory import policies
from inventory.model import InventoryError
from inventory.model.load import environments, parse_each
from tests import scale

CPU = 3  # seconds; the first takes 0.6 on the machine that this was written on, the others up to 1.3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("scale") / "inventory"
    scale.write(place)
    return place


def test_it_is_valid(folder: Path) -> None:
    started = time.process_time()
    parsed = parse_each(environments(folder), folder)["production"]
    refused = list(policies.check(parsed))
    assert time.process_time() - started < CPU
    assert refused == []
    administration = parsed.administration()
    assert len(administration.institutions) == 30
    assert len({person.login for _, person in administration.people()}) == 30_000
    assert sum(len(switch.entry.ports) for switch in administration.switches.values()) == 300 * 48


@pytest.mark.parametrize(
    ("file", "replace", "by", "message"),
    [
        ("groups.yaml", ".", ".x", "« awa.xexempl01000 » n'existe pas ; vouliez-vous dire « awa.exempl01000 » ?"),
        ("people.yaml", "given:", "givn:", "il manque la clé « given » ; ex. : given: Awa"),
    ],
)  # fmt: skip
def test_thousands_of_mistakes_are_cut_short(
    file: str, replace: str, by: str, message: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    path = folder / "institutions/ministere-01" / file
    right = path.read_text()
    head, body = right.split("\n", 1)
    path.write_text(f"{head}\n{body.replace(replace, by)}")
    started = time.process_time()
    with pytest.raises(InventoryError) as caught:
        parse_each(["lab"], folder)
    path.write_text(right)
    assert time.process_time() - started < CPU
    assert len(caught.value.problems) == 101
    assert caught.value.problems[0].message.endswith(message)
    assert "autres erreurs" in caught.value.problems[-1].message
