"""A building in one file: what follows from it, and each mistake with the one line that it is answered with.

A case is a file of buildings/cases: the edits to buildings/sante-siege.yaml, which stands in the sample inventory.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import policies
from inventory.model import Administration, InventoryError, Site, load
from inventory.model.chassis import CHASSIS
from inventory.model.derive import derive
from inventory.model.load import parse
from inventory.model.platform import Platform
from inventory.model.ports import ports_of
from inventory.model.site_file import SiteFile
from inventory.model.source import Source
from inventory.model.validate import validate
from tests.unit.inventory.test_fuzz import check_answer, mutated

HERE = Path(__file__).parent
BUILDING = "sites/sante-siege.yaml"
CASES = sorted((HERE / "buildings/cases").glob("*.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "inventory"
    shutil.copytree(HERE / "sample", copy)
    shutil.copy(HERE / "buildings/sante-siege.yaml", copy / BUILDING)
    return copy


@pytest.fixture
def administration(folder: Path) -> Administration:
    return load("lab", folder)


@pytest.fixture
def site(administration: Administration) -> Site:
    return administration.sites["sante-siege"]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_mistake_is_one_line(case: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = yaml.safe_load(case.read_text())
    for change in wanted["edits"]:
        path = folder / change.get("file", BUILDING)
        text = path.read_text()
        assert text.count(change["replace"]) == 1, f"{change['replace']!r} is not once in {path}"
        path.write_text(text.replace(change["replace"], change["with"]))
    for language, key in (("fr_FR.UTF-8", "french"), ("en_US.UTF-8", "english")):
        monkeypatch.setenv("LC_ALL", language)
        assert list(refused(folder)) == wanted[key]


def refused(folder: Path) -> Iterator[str]:
    try:
        yield from map(str, policies.check(parse("lab", folder)))
    except InventoryError as error:
        yield from map(str, error.problems)


def test_a_building_without_mistakes_is_accepted(folder: Path) -> None:
    assert list(refused(folder)) == []


def test_the_reference_building_is_what_it_was_when_all_of_it_was_written() -> None:
    site = load("lab").sites["mtdpce-siege"]
    assert {
        name: (network.vlan, str(network.prefix), str(network.gateway), network.reaches)
        for name, network in site.networks.items()
    } == {
        "users": (10, "10.20.10.0/24", "10.20.10.1", ["resina"]),
        "guests": (30, "10.20.30.0/24", "10.20.30.1", []),
        "management": (99, "10.20.99.0/24", "10.20.99.1", ["resina"]),
    }
    switch = site.switches["sw1"]
    assert (switch.platform, switch.network, str(switch.address)) == ("cisco_ios", "management", "10.20.99.11")
    assert {name: (port.access, port.trunk, port.to) for name, port in switch.used_ports.items()} == {
        "GigabitEthernet1/0/1": ("users", None, "ws1"),
        "GigabitEthernet1/0/2": ("guests", None, "guest1"),
        "GigabitEthernet1/0/24": (None, ["users", "guests", "management"], "edge1"),
    }


def test_what_also_follows_for_the_reference_building() -> None:
    site = load("lab").sites["mtdpce-siege"]
    switch = site.switches["sw1"]
    assert list(switch.ports) == [f"GigabitEthernet1/0/{number}" for number in range(1, 25)]
    assert {name for name, port in switch.ports.items() if not port.enabled} == set(switch.ports) - set(
        switch.used_ports
    )
    assert (switch.quarantine, switch.native, switch.stp_priority, switch.tier) == (999, 998, 32768, "access")
    desk, trunk = switch.ports["GigabitEthernet1/0/1"], switch.ports["GigabitEthernet1/0/24"]
    assert (desk.profile, desk.maximum_macs, desk.voice, desk.trusted) == ("poste", 3, None, False)  # no telephones
    assert "bpdu-guard" in desk.protections
    assert (trunk.trusted, trunk.protections) == (True, [])
    users, management = site.networks["users"], site.networks["management"]
    assert (users.purpose, str(users.pool.first), str(users.pool.last)) == ("users", "10.20.10.100", "10.20.10.254")
    assert management.pool is None


def test_networks_have_their_place_by_purpose(site: Site) -> None:
    assert {name: (network.vlan, str(network.prefix)) for name, network in site.networks.items()} == {
        "users": (10, "10.30.0.0/22"),
        "voice": (20, "10.30.4.0/22"),
        "guests": (30, "10.30.8.0/22"),
        "printers": (40, "10.30.13.0/24"),
        "management": (99, "10.30.12.0/24"),
    }


def test_switches_have_their_address_by_number_and_their_rank_by_tier(site: Site) -> None:
    assert {
        name: (switch.platform, str(switch.address), switch.stp_priority) for name, switch in site.switches.items()
    } == {
        "sw11": ("huawei_vrp", "10.30.12.11", 4096),
        "sw12": ("cisco_ios", "10.30.12.12", 32768),
        "sw13": ("hp_procurve", "10.30.12.13", 32768),
    }


def test_a_cable_has_two_ends(site: Site) -> None:
    ends = {
        f"{name} {title}": f"{port.to} {port.far}"
        for name, switch in site.switches.items()
        for title, port in switch.used_ports.items()
        if port.to in site.switches
    }
    assert ends == {
        "sw11 GigabitEthernet0/0/1": "sw12 GigabitEthernet1/0/47",
        "sw12 GigabitEthernet1/0/47": "sw11 GigabitEthernet0/0/1",  # said at the other end only
        "sw11 GigabitEthernet0/0/2": "sw13 24",  # neither end names the other's port
        "sw13 24": "sw11 GigabitEthernet0/0/2",
        "sw12 GigabitEthernet1/0/48": "sw13 23",
        "sw13 23": "sw12 GigabitEthernet1/0/48",
    }


def test_profiles_give_what_the_site_has(site: Site) -> None:
    desk = site.switches["sw12"].ports["GigabitEthernet1/0/7"]
    assert (desk.access, desk.voice, desk.carries) == ("users", "voice", ["users", "voice"])
    wifi = site.switches["sw13"].ports["21"]
    assert (wifi.trunk, wifi.native) == (["users", "guests"], "management")
    assert not site.switches["sw13"].ports["22"].used


# A building that grows: nothing of what was there moves.

PURPOSES = ["users", "voice", "guests", "printers", "cameras"]
NUMBERS = st.lists(st.integers(1, 60), min_size=1, max_size=6, unique=True)


def built(purposes: list[str], numbers: list[int], tmp: Path, platform: Platform) -> Site:
    text: dict[str, Any] = {
        "site": "x",
        "kind": "building",
        "name": "X",
        "owner": "sante",
        "block": "10.40.0.0/20",
        "purposes": [*purposes, "management"],
        "switches": {
            f"sw{number}": {"model": "2530-24g", "number": number, "ports": {"1-8": {"profile": "uplink"}}}
            for number in numbers
        },
    }
    path = tmp / "x.yaml"
    path.write_text(yaml.safe_dump(text, sort_keys=False))
    source = Source(path, path)
    return derive(source, validate(SiteFile, source), platform)


@settings(derandomize=True, database=None, deadline=None, max_examples=60)
@given(purposes=st.permutations(PURPOSES), few=st.integers(1, 5), numbers=NUMBERS, more=NUMBERS, mixed=st.randoms())
def test_nothing_moves_when_something_is_added(
    purposes: list[str], few: int, numbers: list[int], more: list[int], mixed: Any, tmp_path_factory: Any
) -> None:
    platform = load("lab").platform
    tmp = tmp_path_factory.mktemp("grows")
    before = built(purposes[:few], numbers, tmp, platform)
    grown = [*numbers, *(number for number in more if number not in numbers)]
    shuffled = list(purposes)
    mixed.shuffle(grown)
    mixed.shuffle(shuffled)
    after = built(shuffled, grown, tmp, platform)
    assert before.networks.items() <= after.networks.items()
    for name, switch in before.switches.items():
        assert after.switches[name].address == switch.address
        assert list(after.switches[name].ports) == list(switch.ports)
        assert all(set(port.carries) <= set(after.switches[name].ports[p].carries) for p, port in switch.ports.items())
    prefixes = [network.prefix for network in after.networks.values()]
    assert not any(a.overlaps(b) for a in prefixes for b in prefixes if a != b)
    assert len({switch.address for switch in after.switches.values()}) == len(after.switches)


def test_a_series_of_ports() -> None:
    assert ports_of("GigabitEthernet1/0/9-11") == [f"GigabitEthernet1/0/{number}" for number in (9, 10, 11)]
    assert ports_of("1-3") == ["1", "2", "3"]
    assert ports_of("24") == ["24"]
    assert ports_of("ge-0/0/1") == ["ge-0/0/1"]
    assert len(ports_of("1-99999999999999999999")) < 1000


def test_every_model_has_ports() -> None:
    for name, chassis in CHASSIS.items():
        assert len(set(chassis.ports)) == len(chassis.ports) >= 8, name


def test_an_edited_building_is_answered_with_lines(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What befalls a file in an editor, 250 times: lines that point into it, or a whole site; never an exception."""
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    whole = 0
    for seed in range(250):
        which = folder / ("platform.yaml" if seed % 3 == 0 else BUILDING)
        right = which.read_text()
        start = right.index("purposes:") if seed % 3 == 0 else 0
        edited = right[:start] + mutated(right[start:], seed)
        which.write_bytes(edited.encode())
        try:
            whole += "sante-siege" in {site.site for _, site in parse("lab", folder).sites.values()}
        except InventoryError as error:
            check_answer(error, {f"inventory/{which.relative_to(folder)}": edited.encode()})
        which.write_text(right)
    assert 3 < whole < 240  # neither answer is the only one
