"""Secrets are sealed, added where they are missing, and never shown."""

from pathlib import Path

import pytest

from inventory.model import load
from inventory.secrets import Secret, SecretError, Secrets, create_identity, password, wanted


@pytest.fixture
def store(tmp_path: Path) -> Secrets:
    create_identity(tmp_path / "age.txt", tmp_path / "secrets")
    return Secrets(tmp_path / "secrets", tmp_path / "age.txt")


def reopened(store: Secrets) -> Secrets:
    return Secrets(store.folder, store.identity)


def test_what_is_added_is_read_back_and_never_replaced(store: Secrets) -> None:
    assert store.add_missing("mail", {"a": lambda: "first"}) == ["a"]
    assert reopened(store).add_missing("mail", {"a": lambda: "second", "b": lambda: "new"}) == ["b"]
    again = reopened(store)
    assert again.get("mail", "a").reveal() == "first"
    assert again.get("mail", "b").reveal() == "new"


def test_one_secret_is_set_and_the_others_stay(store: Secrets) -> None:
    store.add_missing("mail", {"a": lambda: "first", "b": lambda: "second"})
    store.put("mail", "a", "set")
    store.put("new", "key", "alone")
    again = reopened(store)
    assert [again.get("mail", "a"), again.get("mail", "b")] == [Secret("set"), Secret("second")]
    assert again.get("new", "key") == Secret("alone")


def test_file_on_disk_is_sealed(store: Secrets) -> None:
    store.add_missing("mail", {"key": lambda: "hunter2-in-clear"})
    content = (store.folder / "mail.age").read_text()
    assert content.startswith("-----BEGIN AGE ENCRYPTED FILE-----")
    assert "hunter2" not in content


def test_identity_is_private_from_birth(store: Secrets) -> None:
    assert store.identity.stat().st_mode & 0o777 == 0o600


def test_secret_does_not_show() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"


def test_what_cannot_be_had_is_said(store: Secrets, tmp_path: Path) -> None:
    store.add_missing("mail", {"a": lambda: "x"})
    with pytest.raises(SecretError, match="no secret 'b'"):
        store.get("mail", "b")
    with pytest.raises(SecretError, match="no such file"):
        store.get("absent", "a")
    create_identity(tmp_path / "other.txt", tmp_path / "other")
    with pytest.raises(SecretError, match="not one of its recipients"):
        Secrets(store.folder, tmp_path / "other.txt").get("mail", "a")


def test_passwords_meet_the_complexity_rule() -> None:
    for _ in range(200):
        value = password()
        assert len(value) == 20
        assert any(c.isupper() for c in value)
        assert any(c.islower() for c in value)
        assert any(c.isdigit() for c in value)


def test_each_person_has_a_temporary_password() -> None:
    administration = load("lab")
    scopes = wanted(administration)
    for institution, person in administration.people():
        assert person.login in scopes[f"institution-{institution.institution}"]


def test_a_lab_that_was_cut_off_or_is_older_is_mended(store: Secrets) -> None:
    """Its key and its secrets stay; what says who may read them is made again."""
    store.put("mail", "a", "1")
    key = store.identity.read_text()
    for name in ("recipients.yaml", "manifest.json"):
        (store.folder / name).unlink()
    create_identity(store.identity, store.folder)
    assert store.identity.read_text() == key
    reopened(store).put("mail", "b", "2")
    again = reopened(store)
    assert [again.get("mail", "a"), again.get("mail", "b")] == [Secret("1"), Secret("2")]
    assert again.rekey() == []
