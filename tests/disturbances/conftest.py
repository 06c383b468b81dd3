"""Each test finds the lab whole, and leaves it whole."""

from collections.abc import Iterator

import pytest

from inventory.model import Administration
from tests.disturbances.lab import Lab


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
