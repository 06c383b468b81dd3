"""Files are replaced in one step, and never when the check refuses them: run for real, in a shell."""

import subprocess
from pathlib import Path

from inventory.secrets import Secret
from roles.common.commands import WriteFile
from roles.common.files import FileState, copied_file, secret_file
from tests.unit.common.conftest import Here


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


def test_a_copied_file_is_the_same_byte_for_byte(here: Here, tmp_path: Path) -> None:
    source, path = tmp_path / "source", tmp_path / "it's here"
    for content in (b"text\n", b"no newline", b"", b"\n", b"\xff\xfe\0binary\n", b"caf\xc3\xa9\r\n", bytes(range(256))):
        source.write_bytes(content)
        assert here.does(copied_file, source=source, path=str(path), mode="600")
        assert path.read_bytes() == content
        assert path.stat().st_mode & 0o777 == 0o600
        assert here.does(copied_file, source=source, path=str(path), mode="600") == []
    assert here.left_alone[0] == f"{path} is up to date"


def test_a_file_that_differs_in_mode_alone_is_written(here: Here, tmp_path: Path) -> None:
    source, path = tmp_path / "source", tmp_path / "path"
    source.write_text("text\n")
    here.does(copied_file, source=source, path=str(path))
    path.chmod(0o600)
    assert len(here.does(copied_file, source=source, path=str(path), mode="0644")) == 1
    assert path.stat().st_mode & 0o777 == 0o644


def test_what_stands_in_the_way_of_a_file_is_not_taken_for_it(here: Here, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert here.get_fact(FileState, path=str(tmp_path / "folder")) is None
    assert here.get_fact(FileState, path=str(tmp_path / "gone")) is None
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert here.get_fact(FileState, path=str(tmp_path / "link")) is None


def test_a_secret_is_for_its_owner_alone_and_ends_with_a_newline(here: Here, tmp_path: Path) -> None:
    path = tmp_path / "key"
    here.does(secret_file, content=Secret("hunter2-hunter2"), path=str(path), form="password={}")
    assert path.read_text() == "password=hunter2-hunter2\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert here.does(secret_file, content=Secret("hunter2-hunter2"), path=str(path), form="password={}") == []
