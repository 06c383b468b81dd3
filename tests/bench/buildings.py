"""The inventory of a campus: buildings of three access switches with 24 ports and 8 VLANs, as it is and as it was.

What changed since it was: a VLAN for cameras came, the uplinks carry it, and three ports moved into it.
"""

import json
import shutil
from pathlib import Path

import yaml

from inventory.model.load import HERE

SWITCHES_EACH, PORTS = 3, 24
VLANS = {"users": 10, "staff": 12, "voice": 20, "printers": 25, "guests": 30, "cameras": 40, "doors": 50}
MANAGEMENT = ("management", 99)
NEW = "cameras"
MOVED = (5, 6, 7)  # ports that were of the first VLAN
ENVIRONMENT = "bench"


def switches(count: int) -> list[str]:
    """The names of the first switches, building by building."""
    return [_name(1 + index // SWITCHES_EACH, 1 + index % SWITCHES_EACH) for index in range(count)]


def write(folder: Path, count: int, before: bool) -> None:
    """An inventory/ with the buildings of so many switches beside the real sites, in an environment of the bench."""
    shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__", "secrets"))
    for building in range(1, 1 + -(-count // SWITCHES_EACH)):
        site = _building(building, before)
        (folder / "sites" / f"{site['site']}.yaml").write_text(json.dumps(site, ensure_ascii=False))
    (folder / "environments" / f"{ENVIRONMENT}.yaml").write_text(json.dumps(_environment(), ensure_ascii=False))


def _environment() -> dict[str, object]:
    """Devices on loopback, all reached by name in one ssh_config, at the limits that a production has."""
    lab = yaml.safe_load((HERE / "environments" / "lab.yaml").read_text())
    state = f".cache/{ENVIRONMENT}"
    reach = {"user": "root", "identity": f"{state}/id_ed25519", "known_hosts": f"{state}/known_hosts"}
    return lab | {
        "environment": ENVIRONMENT,
        "canary": None,
        "journeys_from": None,
        "reach": reach,
        "secrets": f"{state}/secrets",
        "age_identity": f"{state}/age.txt",
    }


def _name(building: int, number: int) -> str:
    return f"sw{number}-b{building:03}"


def _building(number: int, before: bool) -> dict[str, object]:
    vlans = {name: vlan for name, vlan in (*VLANS.items(), MANAGEMENT) if not (before and name == NEW)}
    net = f"10.{50 + number // 2}"
    networks = {
        name: {
            "vlan": vlan,
            "prefix": f"{net}.{_third(number, vlan)}.0/24",
            "gateway": f"{net}.{_third(number, vlan)}.1",
        }
        for name, vlan in vlans.items()
    }
    return {
        "site": f"batiment-{number:03}",
        "kind": "building",
        "name": f"Bâtiment {number}",
        "owner": "mtdpce",
        "networks": networks,
        "switches": {_name(number, each): _switch(number, each, before, list(vlans)) for each in (1, 2, 3)},
    }


def _third(number: int, vlan: int) -> int:
    """Two buildings share the second byte of their addresses."""
    return vlan + 128 * (number % 2)


def _switch(building: int, number: int, before: bool, networks: list[str]) -> dict[str, object]:
    """The first of a building is the one that the others hang on."""
    access = {port: _network(port, before) for port in range(1, PORTS - 1)}
    up: dict[str, object] = {"trunk": networks}
    links = (
        {PORTS - 1: up | {"to": _name(building, 2)}, PORTS: up | {"to": _name(building, 3)}, PORTS - 2: up}
        if number == 1
        else {PORTS: up | {"to": _name(building, 1)}}
    )
    ports = {port: {"access": name} for port, name in access.items()} | links
    return {
        "platform": "cisco_ios",
        "network": MANAGEMENT[0],
        "address": f"10.{50 + building // 2}.{_third(building, MANAGEMENT[1])}.{10 + number}",
        "ports": {f"GigabitEthernet1/0/{port}": ports[port] for port in sorted(ports)},
    }


def _network(port: int, before: bool) -> str:
    others = [name for name in VLANS if name != NEW]
    if port in MOVED:
        return others[0] if before else NEW
    return others[port % len(others)]
