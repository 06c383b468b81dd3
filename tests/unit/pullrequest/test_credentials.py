"""A job's keys go where the environment looks for them, over nobody's, and away again."""

import os
from pathlib import Path

import pytest

from deploys.credentials import CredentialError, forget, give
from inventory.model import Environment, load


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    found = load("production").environment
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSH_KEY", "-----BEGIN\nkey\n-----END")
    monkeypatch.setenv("AGE_KEY", "AGE-SECRET-KEY-1")
    return found


def test_keys_are_given_and_forgotten(environment: Environment, tmp_path: Path) -> None:
    paths = give(environment)
    assert paths == [tmp_path / ".ssh/id_ed25519", tmp_path / ".config/administration/age.txt"]
    assert paths[0].read_text() == "-----BEGIN\nkey\n-----END\n"
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o600, 0o600]
    assert "SSH_KEY" not in os.environ
    forget(environment)
    assert [path.exists() for path in paths] == [False, False]
    forget(environment)


def test_a_key_that_is_there_is_not_replaced_nor_forgotten(environment: Environment, tmp_path: Path) -> None:
    theirs = tmp_path / ".ssh/id_ed25519"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    with pytest.raises(CredentialError, match="is there already"):
        give(environment)
    forget(environment)
    assert theirs.read_text() == "theirs"
    assert not (tmp_path / ".config/administration/age.txt").exists()


def test_a_missing_key_is_named(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGE_KEY", " ")
    with pytest.raises(CredentialError, match="AGE_KEY is empty"):
        give(environment)
