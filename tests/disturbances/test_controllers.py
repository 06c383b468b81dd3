"""One controller is enough, and a backup of the domain is good."""

import re
from pathlib import Path

import pytest

from tests.disturbances.controllers import PROBE, Controllers
from tests.disturbances.journeys import Desk, slower
from tests.rehearsals.conftest import ROOT, run

FIRST, AFTERWARDS = 15, 5  # seconds that a person waits; MIT's kinit waits 10 for a controller that died as it asked


# Each of them loses the controller that clients turned to in the one before.
@pytest.mark.parametrize(
    ("lost", "how"), [("dc1", "stopped"), ("dc2", "cut_off"), ("dc1", "cut_off"), ("dc2", "stopped")]
)
def test_with_one_of_them_everything_works_at_once_and_it_catches_up(
    controllers: Controllers, desk: Desk, lost: str, how: str
) -> None:
    other = controllers.other(lost)
    with getattr(controllers, how)(lost):
        first = desk.all_at_once()
        afterwards = desk.all_at_once()
        assert (slower(first, FIRST), slower(afterwards, AFTERWARDS)) == ({}, {})
        controllers.add(other)
    controllers.whole()
    assert controllers.has(lost)
    controllers.run(lost, f"samba-tool user delete {PROBE}")
    controllers.whole()
    assert not controllers.has(other)
    assert desk.arrived() == desk.sent


def test_a_backup_is_restored_where_nobody_sees_it(controllers: Controllers) -> None:
    rehearsed = run(ROOT, "deploys.rehearse_restore")
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    said = rehearsed.stdout
    assert re.search(r"^dc2: (\d+) of \1 people and services are in it$", said, re.MULTILINE), said
    assert said.splitlines()[-1] == "dc2: svc-mail logs in to it"
    assert controllers.run("dc2", "ls /var/lib/samba | grep rehearsal", check=False) == ""


def test_a_backup_is_brought_elsewhere_sealed_and_restored_from_there(controllers: Controllers, tmp_path: Path) -> None:
    controllers.run("dc2", "backup-directory")  # so that dc1, where it is rehearsed, has not the newest
    controllers.add("dc1")  # somebody who came later is not missing in it
    brought = run(ROOT, "deploys.backup", "--out", str(tmp_path))
    assert brought.returncode == 0, brought.stdout + brought.stderr
    assert "the domain as dc2 backed it up" in brought.stdout
    (sealed,) = tmp_path.iterdir()
    assert sealed.read_bytes().startswith(b"age-encryption.org/v1\n")
    rehearsed = run(ROOT, "deploys.rehearse_restore", "--host", "dc1", "--from", str(tmp_path))
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    assert rehearsed.stdout.splitlines()[-1] == "dc1: svc-mail logs in to it"
    assert (
        controllers.run(
            "dc1", "find /var/backups/directory -name '.partial.*'; ls /var/lib/samba | grep rehearsal", check=False
        )
        == ""
    )
