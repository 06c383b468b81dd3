"""Somebody at a desk of the lab, the switch that it is plugged into, and the router that hears what leaves it."""

import subprocess
from dataclasses import dataclass

from inventory.model import Administration
from roles.played.switch.files.switch.personalities import PERSONALITIES
from tests.disturbances.intruders import NOBODYS, Intruder
from tests.disturbances.switches import LabSwitch, wait

LEASES = "/var/lib/switch/dhcp-snooping"  # what the switch keeps over a restart


@dataclass(frozen=True)
class Place:
    """Where a desk is, and how its switch is configured: what is typed before and after."""

    switch: str
    machine: str
    router: str
    gateway: str
    enter: tuple[str, ...]
    leave: tuple[str, ...]


IOS = Place("sw1", "ws1", "edge1", "10.20.10.1", ("configure terminal",), ("end", "exit"))
VRP = Place("sw23", "ws2", "edge2", "10.21.0.1", ("system-view",), ("return", "quit"))
# It greets, and waits for a key.
PROCURVE = Place("sw31", "ws3", "edge3", "10.22.0.1", ("", "configure"), ("exit", "exit", "exit"))


class Desk:
    """Nothing of what a test types is saved: a restart loses it, and opens what was shut. Leases are put back."""

    def __init__(self, administration: Administration, place: Place) -> None:
        self.place = place
        self.switch = LabSwitch(administration, place.switch)
        self.leases = self.switch.chassis(f"cat {LEASES} 2>/dev/null; true")
        self.ssh_config = administration.environment.ssh_config
        self.intruder = Intruder(self.ssh_config, place.machine, "eth0")
        self.router = Intruder(self.ssh_config, place.router, "lan0.10")

    def type(self, *lines: str) -> None:
        """In configuration mode, from the console."""
        text = "\n".join([*self.place.enter, *lines, *self.place.leave, ""])
        line = ["ssh", "-F", str(self.ssh_config), "-T", "-o", "ControlPath=none", f"{self.place.switch}-console"]
        done = subprocess.run(line, input=text, capture_output=True, text=True, timeout=60, check=False)
        assert not PERSONALITIES[self.switch.platform.name].refuses(done.stdout), done.stdout

    def answers(self) -> bool:
        """Whether the desk reaches its router."""
        line = ["ssh", "-F", str(self.ssh_config), self.place.machine, f"ping -c 1 -W 1 {self.place.gateway}"]
        return subprocess.run(line, capture_output=True, timeout=30, check=False).returncode == 0

    def hears(self, what: str, count: int, pause: float = 0.0, address: str = NOBODYS) -> int:
        """How many of the frames that the desk sends its router hears."""
        word = "storm" if what == "storm" else "rogue"
        return self.router.hears(word, lambda: self.intruder.sends(what, count, pause, address))

    def whole(self) -> None:
        wait(self.answers, 30, "the desk is not back")

    def restore(self) -> None:
        self.switch.chassis(f"cat >{LEASES} && systemctl restart switch-cli.service", self.leases)
        wait(self.is_as_before, 30, f"{self.place.switch} is not as it was")
        self.whole()

    def is_as_before(self) -> bool:
        try:
            return self.switch.is_as_before()
        except AssertionError:  # it does not answer yet
            return False
