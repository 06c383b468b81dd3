"""The newest backup of the domain comes off its controllers, sealed; the controllers are played."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from deploys import backup
from inventory.model import Administration, load
from inventory.secrets import SecretError, create_identity

CONTENT = b"every secret of the domain"


@pytest.fixture
def administration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Administration:
    found = load("lab")
    paths = {"secrets": tmp_path / "secrets", "age_identity": tmp_path / "key.txt"}
    create_identity(paths["age_identity"], paths["secrets"])
    monkeypatch.setattr(backup, "write_ssh_config", lambda _administration: None)
    return replace(found, environment=found.environment.model_copy(update=paths))


def play(monkeypatch: pytest.MonkeyPatch, has: dict[str, str | None]) -> None:
    """What each controller has as its newest, "" where it has none; None: it does not answer."""

    def ssh(_administration: Administration, host: str, command: str) -> subprocess.CompletedProcess[bytes]:
        if has[host] is None:
            return subprocess.CompletedProcess([], 255, b"", b"ssh: connection timed out\n")
        sent = CONTENT if command.startswith("cat ") and command.endswith(str(has[host])) else f"{has[host]}\n".encode()
        return subprocess.CompletedProcess([], 0, sent, b"")

    monkeypatch.setattr(backup, "_ssh", ssh)


OLD, NEW = "2026-01-02T02-00-00Z.tar.bz2", "2026-01-03T02-00-00Z.tar.bz2"


@pytest.mark.parametrize(
    ("has", "name"),
    [
        ({"dc1": OLD, "dc2": NEW}, NEW),
        ({"dc1": OLD, "dc2": None}, OLD),
        ({"dc1": "", "dc2": OLD}, OLD),
    ],
)
def test_the_newest_that_is_reached_comes_sealed_and_for_its_owner_alone(
    has: dict[str, str | None],
    name: str,
    administration: Administration,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play(monkeypatch, has)
    folder = tmp_path / "out"
    said = backup.brought(administration, folder)
    assert f"{name}.age" in said
    (made,) = folder.iterdir()
    assert (made.name, made.stat().st_mode & 0o777) == (f"{name}.age", 0o600)
    assert CONTENT not in made.read_bytes()
    assert backup.newest_in(folder) == made
    assert backup.opened(made, administration.environment.age_identity) == CONTENT


def test_no_backup_anywhere_is_one_line(
    administration: Administration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    play(monkeypatch, {"dc1": "", "dc2": None})
    with pytest.raises(backup.NoBackupError, match="no controller has a backup of the domain"):
        backup.brought(administration, tmp_path / "out")
    assert capsys.readouterr().err == "dc2 does not answer: ssh: connection timed out\n"
    assert not (tmp_path / "out").exists()


def test_it_is_not_fetched_where_nobody_may_read_it(
    administration: Administration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, {"dc1": OLD, "dc2": NEW})
    rules = tmp_path / "secrets/recipients.yaml"
    rules.write_text(rules.read_text().replace('"*"', "mail"))
    with pytest.raises(SecretError, match="nobody may read directory"):
        backup.brought(administration, tmp_path / "out")


def test_what_is_damaged_or_sealed_for_others_is_not_opened(administration: Administration, tmp_path: Path) -> None:
    with pytest.raises(backup.NoBackupError, match=r"no backup of the domain: `make backup OUT="):
        backup.newest_in(tmp_path)
    damaged = tmp_path / f"{NEW}.age"
    damaged.write_bytes(b"age-encryption.org/v1\n")
    with pytest.raises(SecretError, match="it is damaged, or"):
        backup.opened(damaged, administration.environment.age_identity)
