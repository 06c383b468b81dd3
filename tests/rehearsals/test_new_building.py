"""A building is one file: its machines are racked, then what makes any change makes it work."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from inventory.model import Administration, load
from tests.disturbances.lab import Lab
from tests.disturbances.switches import BOOT
from tests.rehearsals.conftest import ROOT, done, files, run

TAG = uuid4().hex[:4]  # DNS keeps the names of machines that left: each run has new ones
SITE, SWITCH, ROUTER, DESK = f"essai-{TAG}", f"sw{TAG}", f"edge{TAG}", f"ws{TAG}"
ASKED = (
    f"SITE={SITE}",
    "NAME=Bâtiment d'essai",
    "OWNER=sante",
    "MODEL=2530-24g",
    f"SWITCH={SWITCH}",
    f"ROUTER={ROUTER}",
)
FILES = {"CODEOWNERS", f"inventory/sites/{SITE}.yaml"}


@pytest.fixture
def building(copy: Path) -> Iterator[Administration]:
    """The file as `make new-site` writes it, with a desk of the lab; its machines are taken away afterwards."""
    done(copy, "deploys.new", "site", *ASKED, "YES=1")
    path = copy / f"inventory/sites/{SITE}.yaml"
    text = path.read_text()
    users = '"1-22": {profile: poste}\n'
    cabled = text.replace(users, f'"1": {{profile: poste, to: {DESK}}}\n      "2-22": {{profile: poste}}\n')
    assert cabled != text
    address = load("lab", copy / "inventory").sites[SITE].networks["users"].prefix[21]
    desk = f"{DESK}: {{network: users, address: {address}, runs: [], only_in: lab}}"
    path.write_text(f"{cabled}\nmachines:\n  {desk}\n")
    yield load("lab", copy / "inventory")
    done(ROOT, *BOOT)


def test_a_building_that_is_one_file_works(
    copy: Path, building: Administration, administration: Administration
) -> None:
    before, after = files(ROOT), files(copy)
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == FILES
    started = time.monotonic()

    # Racked, cabled and switched on; and RESINA's operator has made the other ends of its links.
    done(copy, *BOOT)
    done(copy, "deploys.engine", "deploy", "--deploy", "played", "--yes")
    racked = time.monotonic()

    done(copy, "deploys.validate")
    planned = run(copy, "deploys.engine", "plan", "--json")
    assert planned.returncode == 2, planned.stderr
    changes = json.loads(planned.stdout)["changes"]
    know_its_names = {"dc1", "mail1", "mail2"}
    assert {change["host"] for change in changes} == {SWITCH, ROUTER, DESK} | know_its_names
    (switched,) = (change for change in changes if change["host"] == SWITCH)
    assert f'hostname "{SWITCH}"' in [line["text"] for line in switched["lines"]]
    assert (ROUTER, "uplinks: configuration") in {(change["host"], change["step"]) for change in changes}

    done(copy, "deploys.engine", "deploy", "--yes")
    assert run(copy, "deploys.engine", "plan").returncode == 0
    lab = Lab(building)
    lab.wait(lambda: "bytes from" in lab.run(DESK, "ping -c 1 -W 1 10.10.10.11", check=False))
    colleague = administration.machines["ws2"].address  # in another building: its router lets nobody in
    assert "bytes from" not in lab.run(DESK, f"ping -c 2 -W 1 {colleague}", check=False)
    print(f"\nracked: {racked - started:.0f} s; from the file to the service: {time.monotonic() - racked:.0f} s")
