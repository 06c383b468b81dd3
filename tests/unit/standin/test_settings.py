from pathlib import Path

import pytest
from standin.settings import load

ENVIRONMENT = {
    "APP_NAME": "e-Conseil des ministres",
    "APP_DATABASE": "host=db1 dbname=e-cm user=e-cm",
    "APP_LDAP_URIS": "ldaps://dc1.intra.gov.bf ldaps://dc2.intra.gov.bf",
    "APP_LDAP_BASE": "DC=intra,DC=gov,DC=bf",
    "APP_LDAP_CA": "/etc/ssl/administration/ca.crt",
    "APP_WORKGROUP": "GOUV",
    "APP_READERS": "mtdpce-conseil sante-conseil",
    "APP_ADMITTED": "/srv/apps/e-cm/admitted",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "database_password").write_text("db-secret")
    (tmp_path / "session_key").write_text("key-secret")
    return {**ENVIRONMENT, "CREDENTIALS_DIRECTORY": str(tmp_path)}


def test_lists_and_credentials_are_read(environment: dict[str, str]) -> None:
    settings = load(environment)
    assert settings.readers == ("mtdpce-conseil", "sante-conseil")
    assert settings.ldap_uris == ("ldaps://dc1.intra.gov.bf", "ldaps://dc2.intra.gov.bf")
    assert (settings.database_password, settings.session_key) == ("db-secret", "key-secret")


def test_secrets_do_not_show(environment: dict[str, str]) -> None:
    assert "secret" not in repr(load(environment))


def test_a_missing_setting_is_named(environment: dict[str, str]) -> None:
    del environment["APP_LDAP_BASE"]
    with pytest.raises(KeyError, match="APP_LDAP_BASE"):
        load(environment)


def test_passwords_never_go_in_clear(environment: dict[str, str]) -> None:
    environment["APP_LDAP_URIS"] = "ldaps://dc1.intra.gov.bf ldap://dc2.intra.gov.bf"
    with pytest.raises(ValueError, match="ldaps:// only"):
        load(environment)
