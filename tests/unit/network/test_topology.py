"""The picture of the network, and where LLDP says otherwise than the inventory."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inventory.model import Administration, load
from inventory.model.site import Site
from inventory.secrets import Secret
from roles.network.connection import Device
from roles.network.drawing import Live, drawing, summary
from roles.network.lldp import LldpError, heard, neighbours
from roles.network.platforms import PLATFORMS
from roles.network.topology import Cable, End, Heard, Neighbour, cables, differences
from roles.network.waves import Order
from roles.played.switch.files.switch.grammar import command
from roles.played.switch.files.switch.ios.cli import Session
from tests.played import PlayedSwitch

TRANSCRIPT = (Path(__file__).parent / "lldp" / "cisco_ios.txt").read_text()
SVG = "{http://www.w3.org/2000/svg}"
TO_EDGE, TO_SW2, OF_SW2 = "GigabitEthernet1/0/24", "GigabitEthernet1/0/23", "GigabitEthernet1/0/1"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def administration() -> Administration:
    return load("lab")


@pytest.fixture
def site(administration: Administration) -> Site:
    """The reference building with a second switch, cabled to the first; both ends say so."""
    found = administration.sites["mtdpce-siege"].model_dump(mode="json")
    sw1 = found["switches"]["sw1"]
    sw2 = {**sw1, "address": "10.20.99.12", "ports": {OF_SW2: {"trunk": ["users"], "to": "sw1"}}}
    sw1 = {**sw1, "ports": {**sw1["ports"], TO_SW2: {"trunk": ["users"], "to": "sw2"}}}
    return Site.model_validate({**found, "switches": {"sw1": sw1, "sw2": sw2}})


def hears(port: str, device: str, device_port: str = "", carries: bool = True) -> Neighbour:
    return Neighbour(port, device, device_port, carries)


EDGE, SW2, SW1 = hears(TO_EDGE, "edge1"), hears(TO_SW2, "sw2", OF_SW2), hears(OF_SW2, "sw1", TO_SW2)


def test_a_cable_that_both_ends_name_is_one(site: Site) -> None:
    assert cables(site) == [
        Cable(End("sw1", "GigabitEthernet1/0/1"), End("ws1"), ("users",)),
        Cable(End("sw1", "GigabitEthernet1/0/2"), End("guest1"), ("guests",)),
        Cable(End("sw1", TO_SW2), End("sw2", OF_SW2), ("users",)),
        Cable(End("sw1", TO_EDGE), End("edge1", "lan0"), ("users", "guests", "management")),
    ]


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        pytest.param({"sw1": [EDGE, SW2], "sw2": [SW1]}, [], id="as intended"),
        pytest.param({}, [], id="nobody was asked"),
        pytest.param({"sw1": [replace(EDGE, port=""), SW2]}, [], id="an IOS that does not print its own port"),
        pytest.param({"sw1": [SW2]}, [("missing", f"sw1 {TO_EDGE} does not see edge1")], id="missing"),
        pytest.param(
            {"sw1": [EDGE], "sw2": []}, [("missing", f"sw1 {TO_SW2} does not see sw2")], id="missing, said once"
        ),
        pytest.param(
            {"sw2": [replace(SW1, port="GigabitEthernet1/0/2")]},
            [("other_port", f"sw2 sees sw1 on GigabitEthernet1/0/2, not on {OF_SW2}")],
            id="another port here",
        ),
        pytest.param(
            {"sw1": [EDGE, replace(SW2, device_port="GigabitEthernet1/0/9")]},
            [("other_port", f"sw1 {TO_SW2} ends at GigabitEthernet1/0/9 of sw2, not at {OF_SW2}")],
            id="another port there",
        ),
        pytest.param(
            {"sw1": [EDGE, SW2, hears("GigabitEthernet1/0/1", "tp-link")]},
            [("unexpected", "sw1 GigabitEthernet1/0/1 sees tp-link, which the inventory does not expect there")],
            id="a switch under a desk",
        ),
        pytest.param({"sw1": [EDGE, SW2, hears("GigabitEthernet1/0/1", "phone", carries=False)]}, [], id="a telephone"),
    ],
)
def test_differences(site: Site, heard: Heard, expected: list[tuple[str, str]]) -> None:
    assert [(each.kind, each.text) for each in differences(site, heard)] == expected


def test_what_a_switch_prints() -> None:
    assert neighbours("cisco_ios", TRANSCRIPT) == [
        Neighbour(TO_EDGE, "edge1", "lan0", True),
        Neighbour(TO_SW2, "sw2", OF_SW2, True),
        Neighbour("GigabitEthernet1/0/5", "ip phone 33g", "", False),
        Neighbour("GigabitEthernet1/0/7", "7c25.86c9.aaaa", "ge-0/0/0.0", True),
    ]
    assert neighbours("cisco_ios", "\nTotal entries displayed: 0\n") == []


def test_what_a_procurve_prints() -> None:
    transcript = (Path(__file__).parent / "lldp" / "hp_procurve.txt").read_text()
    assert neighbours("hp_procurve", transcript) == [
        Neighbour("24", "edge1", "lan0", True),
        Neighbour("23", "sw3", "24", True),
        Neighbour("3", "3ce1a1-2218f0", "", False),
    ]
    with pytest.raises(LldpError, match=r"^Invalid input: lldp$"):
        neighbours("hp_procurve", "Invalid input: lldp")


@pytest.mark.parametrize(
    "answer", ["% LLDP is not enabled", "show lldp\n     ^\n% Invalid input detected at '^' marker."]
)
def test_a_switch_that_does_not_speak_is_no_switch_without_neighbours(answer: str) -> None:
    with pytest.raises(LldpError, match=r"^% "):
        neighbours("cisco_ios", answer)
    with pytest.raises(LldpError, match="cannot be read"):
        neighbours("cisco_ios", "Local Intf: Gi1/0/1\nnothing that a parser knows\n")


@pytest.fixture
def played(tmp_path: Path) -> Iterator[PlayedSwitch]:
    with PlayedSwitch(tmp_path) as running:
        yield running


def test_neighbours_over_ssh(
    played: PlayedSwitch, administration: Administration, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh = (played.ssh_config, played.known_hosts, played.identity)
    reach = {"sw1": Device("sw1", PLATFORMS["cisco_ios"], *ssh, Secret(PlayedSwitch.PASSWORD))}
    assert heard(reach, Order()) == ({}, {"sw1": "% LLDP is not enabled"})
    speaks = command("show lldp neighbors detail", lambda _session: TRANSCRIPT)
    monkeypatch.setattr(Session, "privileges", [speaks, *Session.privileges])
    found, unseen = heard(reach, Order())
    assert unseen == {}
    assert [(each.kind, each.device) for each in differences(site, found)] == [("unexpected", "sw1")]
    live = Live({"mtdpce-siege": differences(site, found)}, {})
    said = "sw1 GigabitEthernet1/0/7 sees 7c25.86c9.aaaa, which the inventory does not expect there"
    assert summary(administration, live)[1:] == [f"mtdpce-siege: unexpected: {said}"]


def with_site(administration: Administration, site: Site) -> Administration:
    return replace(administration, sites={**administration.sites, site.site: site})


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(picture).iter(f"{SVG}text")]


def test_the_picture_holds_every_site_vlan_device_and_uplink(administration: Administration, site: Site) -> None:
    picture = drawing(with_site(administration, site))
    root, said = ET.fromstring(picture), texts(picture)
    described = {
        element.get("id") for element in (root.find(f"{SVG}title"), root.find(f"{SVG}desc")) if element is not None
    }
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title description")
    assert described == {"title", "description"}
    assert {"sw1", "sw2", "edge1", "RESINA · resina1", "wan0 10.255.1.2/30", "dc1 directory"} <= set(said)
    assert "VLAN 30 guests 10.20.30.0/24" in said
    assert "script" not in {element.tag.removeprefix(SVG) for element in root.iter()}


def test_differences_are_marked_on_what_differs(administration: Administration, site: Site) -> None:
    found = differences(site, {"sw1": [EDGE], "sw2": []})
    live = Live({site.site: found}, {"sw2": "it did not answer"})
    picture = drawing(with_site(administration, site), live)
    marked = [element for element in ET.fromstring(picture).iter() if "bad" in (element.get("class") or "").split()]
    assert len(marked) == 1
    assert {"≠ 1", "not seen", f"mtdpce-siege: missing: sw1 {TO_SW2} does not see sw2"} <= set(texts(picture))


def test_names_from_outside_are_only_text(administration: Administration, site: Site) -> None:
    hostile = differences(site, {"sw1": [EDGE, SW2, hears("GigabitEthernet1/0/3", "</title><script>\x00\x1b&\ud800")]})
    picture = drawing(with_site(administration, site), Live({site.site: hostile}, {}))
    assert "<script" not in picture
    assert any("</title><script>??&?" in text for text in texts(picture))


def test_the_same_facts_are_the_same_bytes(tmp_path: Path) -> None:
    pictures = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.svg"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "fr_FR.UTF-8"}
        ran = subprocess.run(
            [sys.executable, "-m", "deploys.topology", "--out", str(out)],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout == f"{out}\n  sites : 4 ; commutateurs : 5 ; routeurs : 3 ; liens vers RESINA : 6\n"
        pictures.append(out.read_bytes())
    assert pictures[0] == pictures[1]


def test_no_box_covers_another(administration: Administration, site: Site) -> None:
    root = ET.fromstring(drawing(with_site(administration, site)))
    for card in root.findall(f"{SVG}g"):
        boxes = []
        for element in card.iter(f"{SVG}rect"):
            if (element.get("class") or "").split()[:1] in (["device"], ["machine"], ["core"]):
                x, y, width, height = (float(element.get(key, "")) for key in ("x", "y", "width", "height"))
                assert not [b for b in boxes if x < b[2] and b[0] < x + width and y < b[3] and b[1] < y + height]
                boxes.append((x, y, x + width, y + height))
        assert boxes
