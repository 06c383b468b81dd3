"""Files are replaced in one step, and never when the check refuses them: run for real, in a shell."""

import subprocess
from pathlib import Path

from roles.common.commands import WriteFile


def write(path: Path, content: str, check: str | None = None) -> subprocess.CompletedProcess[str]:
    command = WriteFile(str(path), content, user="root", group="root", mode="640", check=check, secret=False)
    return subprocess.run(
        ["sh", "-c", command.get_raw_value()], input=content, capture_output=True, text=True, check=False
    )


def test_content_owner_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "a file.conf"
    assert write(path, "new\n").returncode == 0
    assert path.read_text() == "new\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_refused_content_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    path.write_text("old\n")
    assert write(path, "new\n", check="grep -q wanted {}").returncode == 1
    assert path.read_text() == "old\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.conf"]


def test_accepted_content_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    path.write_text("old\n")
    assert write(path, "wanted\n", check="grep -q wanted {}").returncode == 0
    assert path.read_text() == "wanted\n"


def test_content_is_in_no_command_line(tmp_path: Path) -> None:
    command = WriteFile(str(tmp_path / "k"), "hunter2", user="root", group="root", mode="600", check=None, secret=True)
    assert "hunter2" not in command.get_raw_value()
    assert "hunter2" not in str(command)
