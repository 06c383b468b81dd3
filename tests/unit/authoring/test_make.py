"""make passes what stands on its command line on to the command, untouched by make and by the shell."""

import shlex
import subprocess
from pathlib import Path

import pytest

from deploys.new import ELSEWHERE, KINDS

ROOT = Path(__file__).resolve().parents[3]


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What make would run: nothing is run, and the virtual environment is taken as it is."""
    command = ["make", "--dry-run", "--old-file", ".cache/venv/ready", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_has_its_target(kind: str) -> None:
    shown = make(f"new-{kind}", "YES=1")
    assert shown.returncode == 0, shown.stderr
    assert shlex.split(shown.stdout)[1:] == ["-m", "deploys.new", kind, "YES=1"]


def test_answers_arrive_as_they_are() -> None:
    given = {
        "GIVEN": 'N\'Guessan "x" `id` ; a && b',
        "FAMILY": "$(shell touch /tmp/never) $HOME $$ \\ # é",
        "GROUPS": "dsi,conseil",
        "LANG": "en",
    }
    shown = make("new-person", *(f"{name}={value}" for name, value in given.items()))
    assert shown.returncode == 0, shown.stderr
    words = shlex.split(shown.stdout)
    assert dict(word.split("=", 1) for word in words[4:]) == given
    assert set(given) - {"GIVEN", "FAMILY", "GROUPS"} <= set(ELSEWHERE)


def test_the_environment_of_a_shell_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "what some desktop sets")
    assert shlex.split(make("new-site", "SITE=x").stdout)[3:] == ["site", "SITE=x"]


def test_a_line_break_is_refused() -> None:
    shown = make("new-person", "GIVEN=a\nb")
    assert shown.returncode == 2
    assert "*** GIVEN holds a line break.  Stop." in shown.stderr
