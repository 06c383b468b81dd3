from dataclasses import replace
from pathlib import Path

import pytest

from inventory.model import Administration, load
from roles.applications.config import ArtifactError, config_of, release_of
from roles.applications.systemd import quoted
from roles.rendering import render


@pytest.fixture
def administration(tmp_path: Path) -> Administration:
    lab = load("lab")
    (tmp_path / "standin-1.0.0-py3-none-any.whl").write_bytes(b"a wheel")
    return replace(lab, environment=lab.environment.model_copy(update={"artifacts": tmp_path}))


def test_a_release_is_named_by_its_version_and_content(administration: Administration, tmp_path: Path) -> None:
    application = administration.applications["e-cm"]
    release = release_of(application, tmp_path)
    assert release.folder == f"/srv/apps/e-cm/releases/{release.name}"
    (tmp_path / "standin-1.0.0-py3-none-any.whl").write_bytes(b"another wheel of the same version")
    assert release_of(application, tmp_path).name != release.name
    assert release.name.startswith("1.0.0-")


def test_a_missing_artefact_says_what_to_do(administration: Administration, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError) as error:
        release_of(administration.applications["cim"], tmp_path / "nowhere")
    assert str(error.value) == (
        f"{tmp_path}/nowhere/standin-1.0.0-py3-none-any.whl: the artefact of cim is not there: run `make artifacts`"
    )


def test_an_application_talks_to_its_database_and_the_directory_alone(administration: Administration) -> None:
    _, e_cm = config_of(administration, administration.machine("app1"))
    unit = render("applications/app.service.j2", application=e_cm)
    assert "IPAddressDeny=any\nIPAddressAllow=localhost 10.10.10.15 10.10.10.11 10.10.10.18\n" in unit


def test_the_unit_holds_what_the_application_needs_and_no_secret(administration: Administration) -> None:
    _, e_cm = config_of(administration, administration.machine("app1"))
    unit = render("applications/app.service.j2", application=e_cm)
    assert 'Environment="APP_READERS=mtdpce-conseil sante-conseil"\n' in unit
    assert "sslmode=verify-full" in unit
    assert "LoadCredential=database_password:/etc/applications/e-cm/database_password\n" in unit


def test_nginx_answers_to_the_names_of_the_applications(administration: Administration) -> None:
    served = config_of(administration, administration.machine("app1"))
    text = render("applications/nginx.conf.j2", applications=served)
    assert text.count("server_name e-cm.intra.gov.bf;") == 2
    assert "proxy_pass http://127.0.0.1:8101;" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("e-CM", '"e-CM"'), ("100 %", '"100 %%"'), ('l"a', '"l\\"a"'), ("a\\b", '"a\\\\b"')],
)
def test_systemd_reads_back_what_was_meant(text: str, expected: str) -> None:
    assert quoted(text) == expected
