"""What the lab's guard is held against: nft's own words."""

from inventory.model import load
from roles.lab.guard import lab_addresses


def test_networks_that_touch_are_one_as_nft_prints_them() -> None:
    found = lab_addresses(load("lab"))
    assert [each for each in found if each.startswith("10.255.1.")] == ["10.255.1.0/29"]  # two links of four addresses
    assert "10.21.8.0-10.21.12.255" in found  # the guests' network and the switches': together they are no prefix
    assert "198.18.0.0/24" in found  # the rest of the world, where it is played
