"""How much one run may remove."""

import pytest

from inventory.model.platform import Removals


@pytest.mark.parametrize(("existing", "allowed"), [(0, 3), (7, 3), (60, 3), (80, 4), (30_000, 1500)])
def test_a_small_administration_may_still_lose_somebody(existing: int, allowed: int) -> None:
    assert Removals(accounts=3, accounts_percent=5).accounts_of(existing) == allowed
