"""An address is explained by what has it, and by the line that says so."""

import shutil
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from inventory.explain import explain
from inventory.model.load import parse
from inventory.model.references import Parsed

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@pytest.fixture(autouse=True)
def _french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    folder = tmp_path_factory.mktemp("explained") / "inventory"
    shutil.copytree(HERE / "sample", folder)
    shutil.copy(HERE / "buildings/sante-siege.yaml", folder / "sites")
    return parse("lab", folder)


def said(parsed: Parsed, address: object) -> list[str]:
    return [str(fact) for fact in explain(parsed, IPv4Address(str(address)))]


HEAD = "site        sante-siege, Siège du ministère de la Santé  (inventory/sites/sante-siege.yaml:2)"


def test_a_switch_is_explained_by_its_number(parsed: Parsed) -> None:
    assert said(parsed, "10.30.12.12") == [
        HEAD,
        "réseau      management, VLAN 99, 10.30.12.0/24  (inventory/sites/sante-siege.yaml:7)",
        "usage       management ; joint : resina  (inventory/platform.yaml:26)",
        "place       0.0.12.0/24 d'un /20  (inventory/platform.yaml:31)",
        "commutateur sw12 (catalyst-2960x-48, access)  (inventory/sites/sante-siege.yaml:20)",
    ]


@pytest.mark.parametrize(
    ("address", "last"),
    [
        (
            "10.30.1.44",
            "adresse     donnée par DHCP, de 10.30.0.100 à 10.30.3.254  (inventory/sites/sante-siege.yaml:7)",
        ),
        ("10.30.0.44", "adresse     libre  (inventory/sites/sante-siege.yaml:7)"),
        ("10.30.3.255", "adresse     diffusion  (inventory/sites/sante-siege.yaml:7)"),
        ("10.30.0.0", "adresse     celle du réseau  (inventory/sites/sante-siege.yaml:7)"),
        ("10.30.4.1", "passerelle  edge11  (inventory/sites/sante-siege.yaml:7)"),
        ("10.30.15.9", "bloc        10.30.0.0/20, en réserve : aucun réseau  (inventory/sites/sante-siege.yaml:6)"),
        ("10.255.1.10", "routeur     edge11 wan0  (inventory/sites/sante-siege.yaml:40)"),
        ("10.255.1.9", "cœur        resina1  (inventory/sites/sante-siege.yaml:40)"),
        ("10.255.0.1", "cœur        resina1 (RESINA)  (inventory/platform.yaml:18)"),
        ("10.20.99.11", "commutateur sw1 (cisco_ios, access)  (inventory/sites/mtdpce-siege.yaml:27)"),
        ("10.10.10.12", "machine     mail1 (mail)  (inventory/sites/dc.yaml:14)"),
    ],
)
def test_every_kind_of_address(parsed: Parsed, address: str, last: str) -> None:
    assert said(parsed, address)[-1] == last


def test_an_address_that_dhcp_reserves_is_explained_by_the_card() -> None:
    facts = [fact.text for fact in explain(parse("lab"), IPv4Address("10.20.10.21"))]
    assert facts[-1] == "réservée par DHCP à 02:00:0a:14:0a:15"


def test_what_has_an_address_is_what_explains_it(parsed: Parsed) -> None:
    """The address plan forwards and backwards: no address of the model goes unexplained or to another."""
    for _, site in parsed.sites.values():
        for name, machine in site.machines.items():
            assert any(f" {name}" in line and line.startswith("machine") for line in said(parsed, machine.address))
        for name, switch in site.switches.items():
            assert any(line.startswith(f"commutateur {name} ") for line in said(parsed, switch.address))
        for name, network in site.networks.items():
            lines = said(parsed, network.gateway)
            assert any(line.startswith(f"réseau      {name},") for line in lines)
            assert lines[-1].startswith("passerelle")


def test_nobody_knows_an_address_outside(parsed: Parsed) -> None:
    assert said(parsed, "10.200.0.1") == []


@pytest.mark.parametrize(
    ("address", "status", "out", "err"),
    [
        ("10.20.10.21", 0, "machine     ws1", ""),
        ("10.200.0.1", 1, "", "10.200.0.1 : l'inventaire ne la connaît pas\n"),
        ("10.20.10", 1, "", "« 10.20.10 » n'est pas une adresse IPv4\n"),
    ],
)
def test_the_command(address: str, status: int, out: str, err: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "deploys.explain", address], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (status, err)
    assert out in ran.stdout
