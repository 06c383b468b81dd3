from dataclasses import replace

import pytest

from inventory.model import Administration, load
from roles.directory.config import config_of
from roles.rendering import render

ADMINISTRATION = load("lab")


def with_second_controller() -> Administration:
    site = ADMINISTRATION.sites["dc"]
    second = site.machines["db1"].model_copy(update={"runs": ["directory"]})
    changed = site.model_copy(update={"machines": {**site.machines, "db1": second}})
    return replace(ADMINISTRATION, sites={**ADMINISTRATION.sites, "dc": changed})


def test_a_controller_listens_on_its_own_address() -> None:
    cfg = config_of(ADMINISTRATION, ADMINISTRATION.machine("dc1"))
    said = render("directory/smb.conf.j2", cfg=cfg, certificate="c", key="k", authority="a", state="/s", audit="x:3")
    assert "    interfaces = 127.0.0.1/8 10.10.10.11/24\n" in said
    assert "    path = /s/sysvol/intra.gov.bf/scripts\n" in said


def test_a_second_controller_is_refused_rather_than_a_second_domain() -> None:
    administration = with_second_controller()
    with pytest.raises(ValueError, match=r"db1: it would create a second domain beside dc1's"):
        config_of(administration, administration.machine("db1"))
