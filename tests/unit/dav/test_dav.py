"""Who sees which calendar, and that a change of it is taken up."""

import json
from pathlib import Path

from inventory.model import load
from roles.dav.config import config_of
from roles.dav.programs.administration.settings import Present
from roles.rendering import render

ADMINISTRATION = load("lab")
SERVED = config_of(ADMINISTRATION, ADMINISTRATION.running("dav")[0])


def test_rights_follow_the_groups() -> None:
    """Who is in a group that writes and in one that reads writes; who left has nothing."""
    rights = {owner.address: SERVED.rights(owner) for owner in SERVED.people}
    for each in SERVED.shared:
        assert each.write
        assert not set(each.write) & set(each.read)
        assert {address for address, held in rights.items() if held.get(each.key) == "rw"} == set(each.write)
        assert {address for address, held in rights.items() if held.get(each.key) == "r"} == set(each.read)
    gone = {i.address_of(person) for i, person in ADMINISTRATION.people() if person.left is not None}
    assert not gone & set(rights)


def test_what_is_rendered_is_read_and_a_change_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text(render("dav/people.json.j2", wanted=SERVED))
    present = Present(path)
    owner = next(each for each in SERVED.people if SERVED.rights(each))
    assert present().ids[owner.address] == owner.id
    assert present().rights[owner.id] == SERVED.rights(owner)
    told = json.loads(path.read_text())
    del told["people"][owner.address]
    (tmp_path / "new").write_text(json.dumps(told))
    (tmp_path / "new").replace(path)  # as a deploy does
    assert owner.address not in present().ids
