"""One controller is enough, and a backup of the domain is good."""

import re
from collections.abc import Callable, Iterator

import pytest

from inventory.model import Administration
from tests.conftest import Workstation
from tests.disturbances.controllers import PROBE, Controllers
from tests.disturbances.journeys import Desk, slower
from tests.rehearsals.conftest import ROOT, run

FIRST, AFTERWARDS = 15, 5  # seconds that a person waits; MIT's kinit waits 10 for a controller that died as it asked


@pytest.fixture
def controllers(hurtable: Administration) -> Iterator[Controllers]:
    found = Controllers(hurtable)
    found.whole()
    yield found
    found.remove()
    found.whole()


@pytest.fixture
def desk(controllers: Controllers, workstation: Workstation, password_of: Callable[[str], str]) -> Iterator[Desk]:
    found = Desk(controllers.lab.administration, workstation, password_of)
    found.all_at_once()
    yield found
    found.leave()


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
