"""What people plug in at a desk of the lab's access switch is contained there, and each guard is what does it.

ws1 is at GigabitEthernet1/0/1, a port of the profile `poste`. Its router hears whatever leaves it: edge1, lan0.10.
"""

import re
import subprocess
from collections.abc import Iterator

import pytest

from inventory.model import Administration
from tests.disturbances.intruders import Intruder
from tests.disturbances.switches import LabSwitch, wait

DESK, SHORT = "GigabitEthernet1/0/1", "Gi1/0/1"
ROUTER = ("edge1", "lan0.10")
ERRDISABLED = "show interfaces status err-disabled"
TIMER = 30  # seconds until a port is tried again: the shortest that IOS takes


class Desk:
    """The switch, and somebody at the desk."""

    def __init__(self, administration: Administration) -> None:
        self.switch = LabSwitch(administration, "sw1")
        self.intruder = Intruder(administration.environment.ssh_config, "ws1", "eth0")
        self.ssh_config = administration.environment.ssh_config

    def type(self, *lines: str) -> None:
        """In configuration mode, from the console."""
        text = "\n".join(["configure terminal", *lines, "end", "exit", ""])
        line = ["ssh", "-F", str(self.ssh_config), "-T", "-o", "ControlPath=none", "sw1-console"]
        done = subprocess.run(line, input=text, capture_output=True, text=True, timeout=60, check=False)
        assert not re.search(r"^% ", done.stdout, re.MULTILINE), done.stdout

    def shut(self) -> str:
        """Why the desk's port was shut; nothing where it is not."""
        found = re.search(rf"^{SHORT} .* err-disabled +(\S+)", self.switch.console(ERRDISABLED), re.MULTILINE)
        return found[1] if found else ""

    def connected(self) -> bool:
        return bool(re.search(rf"^{SHORT} .* connected ", self.switch.console("show interfaces status"), re.MULTILINE))

    def answers(self) -> bool:
        """Whether the desk reaches its router."""
        line = ["ssh", "-F", str(self.ssh_config), "ws1", "ping -c 1 -W 1 10.20.10.1"]
        return subprocess.run(line, capture_output=True, timeout=30, check=False).returncode == 0

    def opened(self) -> None:
        """As an engineer opens a port that was shut."""
        self.type(f"interface {DESK}", "shutdown", "no shutdown")
        self.whole()

    def whole(self) -> None:
        wait(lambda: not self.shut() and self.connected() and self.answers(), 30, "the desk is not back")

    def addresses(self) -> int:
        """The MAC addresses that the switch has learned at the desk."""
        return len(re.findall(rf" {SHORT}$", self.switch.console("show mac address-table"), re.MULTILINE))

    def hears(self, what: str, count: int, pause: float = 0.0) -> int:
        """How many of the frames that the desk sends its router hears."""
        word = {"offer": "rogue", "storm": "storm"}[what]
        return self.intruder.heard_by(*ROUTER, word, lambda: self.intruder.sends(what, count, pause))


@pytest.fixture
def desk(administration: Administration) -> Iterator[Desk]:
    if administration.environment.environment != "lab":
        pytest.skip("only the lab may be hurt")
    found = Desk(administration)
    found.whole()
    try:
        yield found
    finally:
        if found.shut():
            found.type(f"interface {DESK}", "shutdown", "no shutdown")
        found.switch.restore()
        found.whole()


def test_a_rogue_switch_is_shut_out_and_comes_back_when_it_is_gone(desk: Desk) -> None:
    desk.type(f"errdisable recovery interval {TIMER}")
    desk.intruder.sends("bpdu", 1)
    wait(lambda: desk.shut() == "bpduguard", 10, "the port of the rogue switch stays open")
    assert not desk.answers()
    wait(lambda: not desk.shut(), TIMER + 15, "the port is not tried again")
    desk.whole()


def test_without_bpdu_guard_the_same_frame_shuts_nothing(desk: Desk) -> None:
    desk.type(f"interface {DESK}", "no spanning-tree bpduguard enable")
    desk.intruder.sends("bpdu", 1, pause=3)
    assert desk.shut() == ""
    assert desk.answers()


def test_a_rogue_dhcp_server_is_heard_by_nobody(desk: Desk) -> None:
    assert desk.hears("offer", 5) == 0
    assert desk.answers()
    desk.type("no ip dhcp snooping")
    assert desk.hears("offer", 5) == 5
    desk.type("ip dhcp snooping", f"interface {DESK}", "ip dhcp snooping trust")
    assert desk.hears("offer", 5) == 5


def test_a_flood_of_mac_addresses_stops_at_the_maximum(desk: Desk) -> None:
    desk.intruder.sends("macs", 300)
    assert 1 <= desk.addresses() <= 3
    assert desk.answers(), "who was there first is still there"
    desk.type(f"interface {DESK}", "no switchport port-security")
    desk.intruder.sends("macs", 300)
    assert desk.addresses() > 100


def test_a_broadcast_storm_is_limited_and_shuts_its_port(desk: Desk) -> None:
    desk.type(f"interface {DESK}", "no storm-control action")
    limited = desk.hears("storm", 4000)
    desk.type(f"interface {DESK}", "no storm-control broadcast level pps 500")
    assert limited < desk.hears("storm", 4000) / 2
    desk.switch.restore()
    desk.intruder.sends("storm", 4000)
    wait(lambda: desk.shut() == "storm-control", 10, "who sends a storm goes on")
    desk.opened()
