"""Each test finds the lab whole, and leaves it whole. Those of different buildings may run side by side."""

import pytest

from inventory.model import Administration, load
from tests.disturbances.lab import Lab


@pytest.fixture
def hurtable(administration: Administration) -> Administration:
    if administration.environment.environment != "lab":
        pytest.skip("only the lab may be hurt")
    return administration


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A building that is nowhere would have tests that nobody runs."""
    sites = load(config.getoption("environment")).sites
    for item in items:
        if (building := item.get_closest_marker("building")) and building.kwargs["site"] not in sites:
            raise pytest.UsageError(f"{item.nodeid}: no such building: {building.kwargs['site']}")


@pytest.fixture
def lab(hurtable: Administration, request: pytest.FixtureRequest) -> Lab:
    """Whole; `Lab.hurt` waits until it is so again. A test of a building looks at that alone."""
    building = request.node.get_closest_marker("building")
    found = Lab(hurtable, hurtable.sites[building.kwargs["site"]].routers if building else hurtable.routers)
    found.whole()
    return found
