"""No secret of the lab stands where it should not: logs, temporary files, shell histories, command lines."""

import subprocess
from pathlib import Path

import pytest

from inventory.model import Administration
from inventory.secrets import secrets_of, wanted
from roles.lab import paths

PLACES = ("var/log", "tmp", "var/tmp", "root")


@pytest.fixture(scope="module")
def values(administration: Administration) -> list[str]:
    """A line of every secret: the value itself, or one from the middle of a key."""
    store = secrets_of(administration.environment)
    texts = [store.get(scope, key).reveal() for scope, keys in wanted(administration).items() for key in keys]
    return [text.splitlines()[len(text.splitlines()) // 2] for text in texts]


def found(values: list[str], *folders: Path) -> list[str]:
    """The files below some folders that hold one of the values."""
    listed = subprocess.run(
        ["grep", "-rlaF", "-f", "-", *(str(folder) for folder in folders if folder.exists())],
        input="\n".join(values),
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.returncode in (0, 1), listed.stderr
    return listed.stdout.splitlines()


def test_none_in_the_logs_and_temporary_files_of_the_machines(values: list[str]) -> None:
    folders = [machine / "upper" / place for machine in paths.MACHINES.iterdir() for place in PLACES]
    assert found(values, *folders) == []


def test_none_in_the_logs_of_the_deploys(values: list[str]) -> None:
    assert found(values, paths.LAB / "log") == []


def test_none_in_a_command_line(values: list[str]) -> None:
    lines = subprocess.run(["ps", "-ww", "-e", "-o", "args="], capture_output=True, text=True, check=True).stdout
    assert not [value for value in values if value in lines]


def test_none_in_the_repository(values: list[str]) -> None:
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split()
    assert found(values, *(paths.ROOT / name for name in tracked)) == []


def test_the_search_finds_what_is_there(values: list[str], tmp_path: Path) -> None:
    (tmp_path / "leak").write_text(f"password={values[0]}\n")
    assert found(values, tmp_path) == [str(tmp_path / "leak")]
