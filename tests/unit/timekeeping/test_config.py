"""Who serves time, and whose clock is set, follows from the model."""

from inventory.model import load
from roles.rendering import render
from roles.timekeeping.config import time_config


def test_the_controller_serves_time_and_others_follow_it() -> None:
    administration = load("lab")
    controller = time_config(administration, administration.machine("dc1"))
    member = time_config(administration, administration.machine("mail1"))
    assert "local stratum 8 orphan" in render("timekeeping/chrony.conf.j2", cfg=controller)
    assert controller.servers == ("10.10.10.18",), "a controller follows the others, or they agree on one"
    said = render("timekeeping/chrony.conf.j2", cfg=member)
    assert [f"server {address} iburst" in said for address in ("10.10.10.11", "10.10.10.18")] == [True, True]


def test_only_where_the_clock_is_shared_is_it_left_alone() -> None:
    for name, option in (("lab", '"-F 1 -x"'), ("production", '"-F 1"')):
        administration = load(name)
        cfg = time_config(administration, administration.machine("mail1"))
        assert option in render("timekeeping/chrony.default.j2", cfg=cfg)
