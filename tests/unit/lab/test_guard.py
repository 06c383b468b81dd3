"""What the lab's guard is held against: nft's own words."""

from inventory.model import load
from roles.lab.guard import lab_prefixes


def test_networks_that_touch_are_one_as_nft_prints_them() -> None:
    links = [str(prefix) for prefix in lab_prefixes(load("lab")) if str(prefix).startswith("10.255.")]
    assert links == ["10.255.1.0/29"]  # of 10.255.1.0/30 and 10.255.1.4/30
