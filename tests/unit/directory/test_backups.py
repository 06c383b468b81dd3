"""The nightly backup, run here with a played samba-tool: what it keeps, and what it does where it cannot be made."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from roles.directory.upkeep import KEPT
from roles.rendering import render

MEMBERS = ("private/sam.ldb", "private/encrypted_secrets.key", "sysvol.tar.gz")
# What samba-tool does, as far as the script sees it.
MAKES = """
for argument; do case $argument in --targetdir=*) folder=${argument#*=};; esac; done
mkdir -p "$folder/made/private"
for member in MEMBERS; do echo content >"$folder/made/$member"; done
cd "$folder/made" && python3 -I -m tarfile --create ../samba-backup-intra.gov.bf-today.tar.bz2 \\
  ./private $(ls ./*.gz 2>/dev/null)
"""
FULL = "echo 'ERROR: first'; echo 'ERROR(ldb): No space left on device'; exit 255"
OLD = [f"2026-01-{day:02}T02-00-00Z.tar.bz2" for day in range(1, KEPT + 3)]


class Controller:
    def __init__(self, folder: Path) -> None:
        self.backups, self.programs = folder / "backups", folder / "programs"
        self.backups.mkdir()
        self.programs.mkdir()
        (self.programs / "hostname").write_text("#!/bin/sh\necho dc1.intra.gov.bf\n")
        (self.programs / "hostname").chmod(0o755)
        for name in OLD:
            (self.backups / name).write_text("old\n")

    def backs_up(self, samba_tool: str) -> subprocess.CompletedProcess[str]:
        tool, script = self.programs / "samba-tool", self.programs / "backup-directory"
        tool.write_text(f"#!/bin/sh\n{samba_tool}\n")
        tool.chmod(0o755)
        script.write_text(render("directory/backup-directory", folder=str(self.backups), keep=KEPT))
        path = f"{self.programs}:{os.environ['PATH']}"
        return subprocess.run(
            ["sh", str(script)], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
        )

    @property
    def kept(self) -> list[str]:
        return sorted(each.name for each in self.backups.iterdir())


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    return Controller(tmp_path)


def test_what_a_run_left_that_was_killed_goes_after_a_day(controller: Controller) -> None:
    for name, hours in ((".partial.killed", 25), (".partial.at-work", 1)):
        folder = controller.backups / name
        folder.mkdir()
        (folder / "sam.ldb").write_text("all secrets\n")
        when = time.time() - hours * 3600
        os.utime(folder, (when, when))
    assert controller.backs_up(MAKES.replace("MEMBERS", " ".join(MEMBERS))).returncode == 0
    assert [name for name in controller.kept if name.startswith(".")] == [".partial.at-work"]


def test_the_last_ones_are_kept_and_the_new_one_is_for_root_alone(controller: Controller) -> None:
    done = controller.backs_up(MAKES.replace("MEMBERS", " ".join(MEMBERS)))
    assert (done.returncode, done.stderr) == (0, "")
    made = Path(done.stdout.strip())
    assert made.stat().st_mode & 0o777 == 0o600
    assert controller.kept == [*OLD[-(KEPT - 1) :], made.name]


@pytest.mark.parametrize(
    ("samba_tool", "says"),
    [
        pytest.param(FULL, "no backup of the domain: ERROR(ldb): No space left on device\n", id="it cannot be made"),
        pytest.param(
            MAKES.replace("MEMBERS", " ".join(MEMBERS[:2])),
            "no backup of the domain: ./sysvol.tar.gz is not in it\n",
            id="it is not whole",
        ),
    ],
)
def test_no_old_one_goes_for_one_that_is_not_there(controller: Controller, samba_tool: str, says: str) -> None:
    done = controller.backs_up(samba_tool)
    assert done.returncode != 0
    assert says in done.stderr
    assert controller.kept == OLD
