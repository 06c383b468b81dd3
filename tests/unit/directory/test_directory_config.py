from inventory.model import load
from roles.directory.config import config_of
from roles.rendering import render

ADMINISTRATION = load("lab")


def test_a_controller_listens_on_its_own_address() -> None:
    cfg = config_of(ADMINISTRATION, ADMINISTRATION.machine("dc1"))
    said = render("directory/smb.conf.j2", cfg=cfg, certificate="c", key="k", authority="a", state="/s", audit="x:3")
    assert "    interfaces = 127.0.0.1/8 10.10.10.11/24\n" in said
    assert "    path = /s/sysvol/intra.gov.bf/scripts\n" in said


def test_the_first_of_the_inventory_founds_and_the_others_are_known() -> None:
    first, second = (config_of(ADMINISTRATION, ADMINISTRATION.machine(name)) for name in ("dc1", "dc2"))
    assert (first.first, first.others) == (True, ("dc2",))
    assert (second.first, second.others) == (False, ("dc1",))
