"""A real git repository with the inventory's sample, and French."""

import shutil
from pathlib import Path

import pytest

from tests.unit.pullrequest.repository import Repository

SAMPLE = Path(__file__).resolve().parents[1] / "inventory/sample"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "repository")
    shutil.copytree(SAMPLE, found.path / "inventory")
    found.write(
        {"roles/mail.py": "CODE = 'main'\n", "requirements.lock": "pyinfra==3.10.0\n", ".gitignore": ".cache\n"}
    )
    found.git("init", "--quiet", "--initial-branch", "main")
    found.commit()
    return found


@pytest.fixture(autouse=True)
def in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
