"""A ministry's DSI opens the temporary passwords of its own people with its own key, and nothing else."""

from pathlib import Path

import pyrage
import pytest

from deploys.passwords import UnknownInstitutionError, temporary_passwords
from inventory.model import load
from inventory.secrets import SecretError, Secrets, wanted

ADMINISTRATION = load("lab")


@pytest.fixture
def readers(tmp_path: Path) -> dict[str, Secrets]:
    """What production's recipients.yaml advises: the platform reads all, a DSI what is of its ministry."""
    keys = {name: pyrage.x25519.Identity.generate() for name in ("ops", "dsi-sante")}
    for name, key in keys.items():
        (tmp_path / f"{name}.txt").write_text(f"{key}\n")
    public = ", ".join(f"{name}: {key.to_public()}" for name, key in keys.items())
    rules = f'keys: {{{public}}}\nreaders: {{"*": [ops], institution-sante: [dsi-sante]}}\n'
    (tmp_path / "recipients.yaml").write_text(rules)
    stores = {name: Secrets(tmp_path, tmp_path / f"{name}.txt") for name in keys}
    for scope, keys_of in wanted(ADMINISTRATION).items():
        if scope.startswith("institution-"):
            stores["ops"].add_missing(scope, keys_of)
    return stores


def test_the_dsi_opens_what_is_of_its_ministry(readers: dict[str, Secrets]) -> None:
    found = {
        login: secret.reveal()
        for login, _, secret in temporary_passwords(ADMINISTRATION, readers["dsi-sante"], "sante")
    }
    assert set(found) == {person.login for person in ADMINISTRATION.institutions["sante"].present}
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("institution", ["mtdpce", None])
def test_and_of_no_other(readers: dict[str, Secrets], institution: str | None) -> None:
    with pytest.raises(SecretError, match=r"dsi-sante\.txt is not one of its recipients"):
        list(temporary_passwords(ADMINISTRATION, readers["dsi-sante"], institution))


def test_the_platform_opens_all(readers: dict[str, Secrets]) -> None:
    found = [login for login, _, _ in temporary_passwords(ADMINISTRATION, readers["ops"])]
    assert found == [person.login for _, person in ADMINISTRATION.people()]


def test_an_institution_that_does_not_exist_is_said(readers: dict[str, Secrets]) -> None:
    with pytest.raises(UnknownInstitutionError, match="« sante »"):
        list(temporary_passwords(ADMINISTRATION, readers["ops"], "santé"))
