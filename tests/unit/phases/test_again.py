"""Checks of machines that are asked again, played with a pytest of its own."""

import sys
from pathlib import Path

import pytest

from deploys.again import AT_MOST, checked

ONCE = """
from pathlib import Path

def test_sound():
    pass

def test_racy():
    seen = Path(__file__).with_name("seen")
    first = not seen.exists()
    seen.touch()
    assert not first
"""
BROKEN = "def test_broken():\n    assert False\n"
MANY = "import pytest\n\n@pytest.mark.parametrize('n', range({}))\ndef test_broken(n):\n    assert False\n"


def run(folder: Path, tests: str, capfd: pytest.CaptureFixture[str]) -> tuple[int, list[str], str]:
    (folder / "test_played.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = (sys.executable, "-m", "pytest", "-q", "-c", str(folder / "pytest.ini"), str(folder))
    status, second = checked(command, folder / "memory")
    return status, second, capfd.readouterr().out


def test_one_that_passes_the_second_time_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, second, printed = run(tmp_path, ONCE, capfd)
    assert (status, second) == (0, ["test_played.py::test_racy"])
    assert "1 failed, 1 passed" in printed  # the first answer is shown
    assert "asked again, once: test_played.py::test_racy" in printed


def test_one_that_is_broken_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, second, printed = run(tmp_path, BROKEN, capfd)
    assert (status, second) == (1, [])
    assert printed.count("1 failed") == 2


def test_many_are_not_asked_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, second, printed = run(tmp_path, MANY.format(AT_MOST + 1), capfd)
    assert (status, second) == (1, [])
    assert "asked again" not in printed


def test_what_cannot_be_collected_fails_at_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, second, printed = run(tmp_path, "import nothing_of_that_name\n", capfd)
    assert status not in (0, 1)
    assert second == []
    assert "asked again" not in printed
