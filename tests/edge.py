"""A building whose edge router is a Cisco ISR, and that router without a machine: over SSH on loopback."""

import shutil
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from inventory.model import Administration, load
from inventory.secrets import Secret
from roles.network.change import Target
from roles.played.switch.files.switch.isr.cores import Cabled, Core
from roles.played.switch.files.switch.isr.personality import ROUTER
from roles.uplinks import targets
from tests.played import PlayedSwitch, typed

INVENTORY = Path(__file__).parent / "unit/inventory"
EDITS = {
    "sites/sante-siege.yaml": [
        ("platform: frr", "platform: cisco_ios\n    model: isr-4331"),
        ("lan: lan0", "lan: GigabitEthernet0/0/2"),
        (
            "      - {interface: wan0, core: resina1, address: 10.255.1.10/30, peer: 10.255.1.9}",
            "      - {interface: GigabitEthernet0/0/0, core: resina1, address: 10.255.1.10/30, peer: 10.255.1.9}\n"
            "      - {interface: GigabitEthernet0/0/1, core: resina2, address: 10.255.1.14/30, peer: 10.255.1.13,"
            " role: backup}",
        ),
    ],
    "platform.yaml": [
        (
            "    resina1: {router_id: 10.255.0.1, serves: [dc]}\n",
            "    resina1: {router_id: 10.255.0.1, serves: [dc]}\n    resina2: {router_id: 10.255.0.2, serves: [dc]}\n"
            '  communities: {primary: "65000:200", backup: "65000:100"}\n'
            "  marks: {networks: {voice: ef}, applications: {e-cm: af31}}\n",
        ),
        ("\npurposes:", "\nbastions: {bastion1: 10.10.10.10}\n\npurposes:"),
    ],
}
NAME = "edge11"
FIRST, SECOND = IPv4Address("10.255.1.9"), IPv4Address("10.255.1.13")
THEIRS = (IPv4Network("0.0.0.0/0"), IPv4Network("10.10.10.0/24"))


def administration(folder: Path) -> Administration:
    """The sample inventory with that building."""
    copy = folder / "inventory"
    shutil.copytree(INVENTORY / "sample", copy)
    shutil.copy(INVENTORY / "buildings/sante-siege.yaml", copy / "sites")
    for name, edits in EDITS.items():
        text = (copy / name).read_text()
        for was, now in edits:
            assert text.count(was) == 1, was
            text = text.replace(was, now)
        (copy / name).write_text(text)
    return load("lab", copy)


def key(scope: str, name: str) -> Secret:
    return Secret(f"{scope}-{name}".replace("/", "-"))


def target(folder: Path) -> Target:
    """What the router must be."""
    return target_of(administration(folder))


def target_of(everything: Administration) -> Target:
    return targets(everything, key)[NAME]


def cores(*networks: IPv4Network) -> Cabled:
    """The two cores at the ends of its uplinks, each with its key."""
    names = {FIRST: "resina1", SECOND: "resina2"}
    keys = {peer: frozenset({key(f"device-{NAME}", f"bgp/{core}").reveal()}) for peer, core in names.items()}
    return Cabled(*(Core(peer, 65000, keys[peer], networks or THEIRS) for peer in names))


class PlayedRouter(PlayedSwitch):
    """A router named edge11 in `ssh_config`, as its maker shipped it but for a user and SSH."""

    def __init__(self, folder: Path, minute: float = 60.0) -> None:
        super().__init__(folder, minute, personality=ROUTER)
        self.switch.plane = cores()
        typed(
            ROUTER.session(self.switch),
            "configure terminal\nusername netadmin privilege 15 secret 9 made-up\nend\nwrite memory",
        )

    def __enter__(self) -> "PlayedRouter":
        super().__enter__()
        self.ssh_config.write_text(self.ssh_config.read_text().replace("Host sw1", f"Host {NAME}"))
        return self
