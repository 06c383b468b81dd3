"""A building is one file: with it alone, its devices have an intention, names, cables and a place in the picture."""

import shutil
from pathlib import Path

import pytest

from inventory.model import Administration, load
from inventory.secrets import Secret
from roles.directory.records import desired_of
from roles.lab.topology import topology
from roles.lan import targets as switches
from roles.network.drawing import drawing
from roles.network.waves import order_of
from roles.uplinks.intent import intent

INVENTORY = Path(__file__).resolve().parents[1] / "inventory"
DEVICES = {"sw11": "sysname sw11\n", "sw12": "hostname sw12\n", "sw13": 'hostname "sw13"\n'}


@pytest.fixture(scope="module")
def administration(tmp_path_factory: pytest.TempPathFactory) -> Administration:
    folder = tmp_path_factory.mktemp("building") / "inventory"
    shutil.copytree(INVENTORY / "sample", folder)
    shutil.copy(INVENTORY / "buildings/sante-siege.yaml", folder / "sites")
    return load("lab", folder)


def test_each_switch_has_a_configuration_in_its_own_words(administration: Administration) -> None:
    found = switches(administration)
    for name, first in DEVICES.items():
        text = found[name].intended
        assert text.startswith(first)
        assert str(administration.switches[name].entry.address) in text
        assert "users" in text


def test_its_router_announces_what_may_reach_resina(administration: Administration) -> None:
    router = intent(administration, administration.routers["edge11"], lambda _scope, _key: Secret("made-up"))
    assert set(map(str, router.announced)) == {"10.30.0.0/22", "10.30.4.0/22", "10.30.12.0/24", "10.30.13.0/24"}
    assert [str(interface.address) for interface in router.interfaces if interface.name == "lan0.10"] == [
        "10.30.0.1/22"
    ]


def test_its_devices_have_names(administration: Administration) -> None:
    keys = {institution.mail_domain: {} for institution in administration.institutions.values()}
    names = {record.name: record.data for record in desired_of(administration, keys).records if record.kind == "A"}
    assert names.items() >= {"sw11": "10.30.12.11", "sw12": "10.30.12.12", "edge11": "10.255.1.10"}.items()


def test_the_lab_holds_it(administration: Administration) -> None:
    plan = topology(administration)
    assert {*DEVICES, "edge11"} <= plan.machines.keys()
    assert sum("edge11" in cable.left[0] or "edge11" in cable.right[0] for cable in plan.cables) == 2


def test_the_two_ends_of_a_cable_are_not_changed_at_once(administration: Administration) -> None:
    apart = order_of(administration).apart
    assert apart["sw11"] == {"sw12", "sw13", "edge11"}
    assert apart["sw12"] == {"sw11", "sw13"}


def test_it_is_in_the_picture(administration: Administration) -> None:
    picture = drawing(administration, None)
    assert all(name in picture for name in (*DEVICES, "edge11", "Siège du ministère de la Santé"))
    assert "sw12 GigabitEthernet1/0/48 – sw13 23" in picture
