"""The backup of the domain is good: restored where nobody sees it, and used."""

import re
from collections.abc import Iterator

import pytest

from inventory.model import Administration
from tests.disturbances.controllers import Controllers
from tests.rehearsals.conftest import ROOT, run


@pytest.fixture
def controllers(hurtable: Administration) -> Iterator[Controllers]:
    found = Controllers(hurtable)
    found.whole()
    yield found
    found.whole()


def test_a_backup_is_restored_where_nobody_sees_it(controllers: Controllers) -> None:
    rehearsed = run(ROOT, "deploys.rehearse_restore")
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    said = rehearsed.stdout
    assert re.search(r"^dc2: (\d+) of \1 people and services are in it$", said, re.MULTILINE), said
    assert said.splitlines()[-1] == "dc2: svc-mail logs in to it"
    assert controllers.run("dc2", "ls /var/lib/samba | grep rehearsal", check=False) == ""
