"""What a command on the database says of its changes goes to the journal; what it says besides stays."""

import subprocess
from pathlib import Path

import pytest

from roles.directory.audit import CLASSES, LEVELS, recorded

LINE = '{"timestamp": "2026-11-27T16:29:00", "type": "dsdbChange"}'


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    journal, programs = tmp_path / "journal", tmp_path / "bin"
    programs.mkdir()
    (programs / "systemd-cat").write_text(f'#!/bin/sh\necho "$*" >>{journal}\ncat >>{journal}\n')
    (programs / "systemd-cat").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return journal


@pytest.mark.parametrize("status", [0, 3])
def test_changes_are_recorded_errors_are_shown_and_the_exit_status_stays(journal: Path, status: int) -> None:
    says = f"cat >/dev/null; echo fine; echo '{LINE}' >&2; echo 'ERR: no such entry' >&2; exit {status}"
    command = recorded("sh", "-c", f'"{says}"'.replace(LINE, LINE.replace('"', '\\"'))).get_raw_value()
    ran = subprocess.run(["sh", "-c", command], input="dn: x\n", capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (status, "", "ERR: no such entry\n")
    assert journal.read_text() == f"-t samba -p notice\n{LINE}\n"
    assert not list(journal.parent.glob("tmp.*"))


def test_what_is_audited_is_said_once_each() -> None:
    assert LEVELS.split() == [f"{name}:{level}" for name, level in CLASSES.items()]
