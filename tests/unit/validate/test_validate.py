"""`make validate` looks at everything that a pull request may change, and says each mistake in one line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inventory.model import load
from inventory.secrets import scopes


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    for name in ("inventory", "deploys", "roles", "CODEOWNERS"):
        if Path(name).is_dir():
            shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(name, folder / name)
    return folder


def validate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploys.validate", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "LC_ALL": "fr_FR.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_repository_is_valid_and_each_check_is_timed(copy: Path) -> None:
    done = validate(copy, "--verbose")
    assert (done.returncode, done.stderr) == (0, "")
    *times, last = done.stdout.splitlines()
    assert [line.split()[0] for line in times] == ["inventory", "policies", "schemas", "CODEOWNERS", "secrets", "leaks"]
    assert "valid (" in last


def test_every_check_answers_with_its_line(copy: Path) -> None:
    with (copy / "inventory/institutions/sante/people.yaml").open("a") as file:
        file.write("  - {id: M2009, login: webmaster, given: Awa, family: Exemple}\n")
    with (copy / "CODEOWNERS").open("a") as file:
        file.write("* @eve\n")
    (copy / "inventory/schema/site.json").unlink()
    (copy / "inventory/production/secrets/mail.age").write_text("clear\n")
    (copy / "roles/x.py").write_text('PASSWORD = "Soleil' + '2026!"\n')
    done = validate(copy)
    assert done.returncode == 1
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [
        "CODEOWNERS:1:1",
        "inventory/institutions/sante/people.yaml:5:24",
        "inventory/production/secrets/mail.age:1:1",
        "inventory/production/secrets/mail.age:1:1",  # not sealed, and not to those whom the rules name
        "inventory/schema/site.json:1:1",
        "roles/x.py:1:1",
    ]
    assert done.stdout == ""


def test_an_inventory_that_cannot_be_read_is_still_searched_for_secrets(copy: Path) -> None:
    (copy / "inventory/platform.yaml").write_text("password: Soleil" + "2026!\n")
    lines = validate(copy).stderr.splitlines()
    assert any("clé inconnue" in line for line in lines)
    assert any("en clair" in line for line in lines)


def test_every_scope_that_a_rule_may_name_is_known() -> None:
    known = scopes(load("production"))
    assert {"mail", "institution-sante", "device-sw1", "application-cim", "certificate-mail1"} <= set(known)
