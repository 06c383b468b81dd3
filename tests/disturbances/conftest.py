"""Each test finds the lab whole, and leaves it whole."""

from collections.abc import Iterator

import pytest

from inventory.model import Administration
from tests.disturbances.lab import Lab


@pytest.fixture
def lab(administration: Administration) -> Iterator[Lab]:
    if administration.environment.environment != "lab":
        pytest.skip("only the lab may be hurt")
    found = Lab(administration)
    found.whole()
    yield found
    found.whole()
