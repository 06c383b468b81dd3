"""Ports that ask who is there (802.1X): from the inventory to a switch that was sent its plan."""

import shutil
from pathlib import Path

import pytest

from deploys.compliance import audited
from inventory.model import Administration, load
from inventory.secrets import wanted
from roles import lan
from roles.compliance.rules import RULES
from roles.network.cisco_ios import snmp_users
from roles.network.plan import plan
from roles.network.planner import Part
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.procurve.personality import PROCURVE
from tests.made_up import secret_of
from tests.played import Plane

SAMPLE = Path(__file__).parents[1] / "inventory"
LOCAL = "username netadmin privilege 15 secret 9 made-up"


@pytest.fixture
def administration(tmp_path: Path) -> Administration:
    """A building whose desks ask RADIUS, and whose printers are known by their MAC addresses."""
    folder = tmp_path / "inventory"
    shutil.copytree(SAMPLE / "sample", folder)
    shutil.copy(SAMPLE / "buildings/sante-siege.yaml", folder / "sites/sante-siege.yaml")
    path = folder / "platform.yaml"
    text = path.read_text().replace("mail:\n", "radius: {radius1: 10.10.10.17, radius2: 10.10.10.18}\nmail:\n", 1)
    text = text.replace(
        "    voice: voice\n", "    voice: voice\n    authentication: dot1x-mab\n    fallback: guests\n", 1
    )
    text = text.replace("    network: printers\n", "    network: printers\n    authentication: mab\n", 1)
    path.write_text(text)
    return load("lab", folder)


def test_what_the_profile_says(administration: Administration) -> None:
    ports = {port.name: port for port in lan.wanted(administration, "sw12", secret_of).ports}
    desk, printer, uplink = (ports[f"GigabitEthernet1/0/{number}"] for number in (1, 41, 48))
    assert desk.recognition is not None
    assert printer.recognition is not None
    assert (desk.recognition.dot1x, desk.recognition.mab, desk.recognition.fallback) == (True, True, 30)
    assert (printer.recognition.dot1x, printer.recognition.mab, printer.recognition.fallback) == (False, True, 999)
    assert (desk.macs, uplink.recognition) == (None, None)


def test_each_switch_has_a_key_of_its_own_where_there_are_servers(administration: Administration) -> None:
    assert "radius" in wanted(administration)["device-sw12"]
    assert "radius" not in wanted(load("lab"))["device-sw1"]


def test_a_catalyst_asks_once_it_can(administration: Administration, tmp_path: Path) -> None:
    target = lan.targets(administration, secret_of)["sw12"]
    marker = "interface GigabitEthernet1/0/"
    first, *blocks = target.intended.split(marker)
    numbers = {int(block.split("\n", 1)[0]): block for block in blocks}
    kept = [numbers[number] for number in range(1, 21)]  # the played one has 24 ports: a printer and the uplink move
    kept += [numbers[41].replace("41", "21", 1), numbers[48].replace("48", "24", 1)]
    intended = marker.join([first, *kept])
    session = IOS.session(Switch(Plane(), tmp_path / "startup", IOS))
    session.feed("configure terminal")
    session.feed(LOCAL)
    session.end()

    def running() -> str:
        users = snmp_users(session.feed("show snmp user"))
        return "\n".join([session.feed("show running-config"), *users, ""])

    planned = plan(target.platform, running(), intended)
    assert planned.refused is None
    assert "authentication port-control auto" in " ".join(planned.part(Part.ADMISSION))
    assert "aaa new-model" in planned.part(Part.LOGIN)
    session.feed("configure terminal")
    for line in planned.texts:
        assert not IOS.refuses(answer := session.feed(line.strip())), (line, answer)
    session.end()
    assert plan(target.platform, running(), intended).lines == ()


def test_a_procurve_asks_once_it_can(administration: Administration, tmp_path: Path) -> None:
    target = lan.targets(administration, secret_of)["sw13"]
    session = PROCURVE.session(Switch(Plane(PROCURVE), tmp_path / "startup", PROCURVE))
    session.feed("configure")
    planned = plan(target.platform, session.feed("show running-config"), target.intended)
    assert planned.refused is None
    for line in planned.texts:
        assert not PROCURVE.refuses(answer := session.feed(line.strip())), (line, answer)
        while session.prompt.endswith(("password: ", "[y/n] ")):
            session.feed("n" if session.prompt.endswith("[y/n] ") else "of-nobody")
    session.end()
    assert plan(target.platform, session.feed("show running-config"), target.intended).lines == ()


def test_it_is_what_the_guides_ask(administration: Administration) -> None:
    rule = next(rule for rule in RULES if rule.id == "dot1x")
    found = {device.device: rule.found(device) for device in audited(administration, "intended")}
    assert found["sw12"] == found["sw13"] == []


def test_the_reference_keeps_port_security() -> None:
    assert load("lab").platform.radius == {}
    assert all(profile.authentication is None for profile in load("lab").platform.profiles.values())
