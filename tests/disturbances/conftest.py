"""Each test finds the lab whole, and leaves it whole."""

from collections.abc import Callable, Iterator

import pytest

from inventory.model import Administration
from tests.conftest import Workstation
from tests.disturbances.controllers import Controllers
from tests.disturbances.journeys import Desk
from tests.disturbances.lab import Lab
from tests.mail_programs import MailPrograms, mail_server, pair, programs, tag, wanted

__all__ = ["mail_server", "pair", "programs", "tag", "wanted"]


@pytest.fixture
def hurtable(administration: Administration) -> Administration:
    if administration.environment.environment != "lab":
        pytest.skip("only the lab may be hurt")
    return administration


@pytest.fixture
def lab(hurtable: Administration) -> Iterator[Lab]:
    found = Lab(hurtable)
    found.whole()
    yield found
    found.whole()


@pytest.fixture
def controllers(hurtable: Administration) -> Iterator[Controllers]:
    found = Controllers(hurtable)
    found.whole()
    yield found
    found.remove()
    found.whole()


@pytest.fixture
def desk(
    controllers: Controllers,
    workstation: Workstation,
    password_of: Callable[[str], str],
    programs: MailPrograms,  # the fixture of that name
) -> Iterator[Desk]:
    found = Desk(controllers.lab.administration, workstation, password_of, programs)
    found.all_at_once()
    yield found
    found.leave()
