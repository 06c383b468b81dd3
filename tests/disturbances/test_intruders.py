"""What people plug in at a desk of the lab's access switch is contained there, and each guard is what does it.

ws1 is at GigabitEthernet1/0/1, a port of the profile `poste`.
"""

import re
from collections.abc import Iterator

import pytest

from inventory.model import Administration
from tests.disturbances.desks import IOS, Desk
from tests.disturbances.intruders import NOBODYS
from tests.disturbances.switches import wait

DESK, SHORT = "GigabitEthernet1/0/1", "Gi1/0/1"
ERRDISABLED = "show interfaces status err-disabled"
BINDINGS = "show ip dhcp snooping binding"
INCONSISTENT = "show spanning-tree inconsistentports"
OWN = "10.20.10.21"  # the desk's address: a fixed one, in the list of those whose ARP no lease vouches for
OTHER = "10.20.10.67"  # nobody's either
FLOOD = 300  # frames, for three seconds: the switch counts anew within a second of a change
TIMER = 30  # seconds until a port is tried again: the shortest that IOS takes


class Cisco(Desk):
    """The desk of the lab's Catalyst."""

    def __init__(self, administration: Administration) -> None:
        super().__init__(administration, IOS)

    def shows(self, command: str, pattern: str) -> list[str]:
        """What the group of a pattern is, in each line of what the switch shows that has it."""
        return re.findall(pattern, self.switch.console(command), re.MULTILINE)

    def shut(self) -> str:
        """Why the desk's port was shut; nothing where it is not."""
        return "".join(self.shows(ERRDISABLED, rf"^{SHORT} .* err-disabled +(\S+)"))

    def connected(self) -> bool:
        return bool(self.shows("show interfaces status", rf"^({SHORT}) .* connected "))

    def opened(self) -> None:
        """As an engineer opens a port that was shut."""
        self.type(f"interface {DESK}", "shutdown", "no shutdown")
        self.whole()

    def whole(self) -> None:
        wait(lambda: not self.shut() and self.connected() and self.answers(), 30, "the desk is not back")

    def addresses(self) -> int:
        """The MAC addresses that the switch has learned at the desk."""
        return len(self.shows("show mac address-table", rf" ({SHORT})$"))

    def inconsistent(self) -> bool:
        """Whether root guard blocks the desk's port."""
        return bool(self.shows(INCONSISTENT, rf"VLAN\d+ +({DESK}) +Root Inconsistent"))

    def violations(self) -> int:
        """The frames of MAC addresses that were too many."""
        (found,) = self.shows("show port-security", rf"^ *{SHORT} +\d+ +\d+ +(\d+)")
        return int(found)

    def dropped(self) -> int:
        """The ARP packets of the desk's VLAN that were dropped."""
        (found,) = self.shows("show ip arp inspection", r"^ *10 +\d+ +(\d+) +\d+ +\d+$")
        return int(found)


@pytest.fixture
def desk(hurtable: Administration) -> Iterator[Cisco]:
    found = Cisco(hurtable)
    found.whole()
    try:
        yield found
    finally:
        found.restore()


def test_a_rogue_switch_is_shut_out_and_comes_back_when_it_is_gone(desk: Cisco) -> None:
    desk.type(f"errdisable recovery interval {TIMER}")
    desk.intruder.sends("inferior", 1)
    wait(lambda: desk.shut() == "bpduguard", 10, "the port of the rogue switch stays open")
    wait(lambda: not desk.answers(), 3, "it is said to be shut, and carries frames")
    wait(lambda: not desk.shut(), TIMER + 15, "the port is not tried again")
    desk.whole()


def test_without_bpdu_guard_the_same_frame_shuts_nothing(desk: Cisco) -> None:
    desk.type(f"interface {DESK}", "no spanning-tree bpduguard enable")
    desk.intruder.sends("inferior", 1, pause=3)
    assert desk.shut() == ""
    assert desk.answers()


def test_a_rogue_dhcp_server_is_heard_by_nobody(desk: Cisco) -> None:
    assert desk.hears("offer", 5) == 0
    assert desk.answers()
    desk.type("no ip dhcp snooping")
    assert desk.hears("offer", 5) == 5
    desk.type("ip dhcp snooping", f"interface {DESK}", "ip dhcp snooping trust")
    assert desk.hears("offer", 5) == 5


def test_a_rogue_root_is_cut_off_until_it_is_silent(desk: Cisco) -> None:
    desk.type(f"interface {DESK}", "no spanning-tree bpduguard enable")
    desk.intruder.sends("inferior", 2, pause=0.5)
    assert not desk.inconsistent(), "a bridge that is nearer to no root is none of its business"
    desk.intruder.sends("bpdu", 3, pause=0.5)
    wait(desk.inconsistent, 3, "who would be the root is heard")
    assert not desk.answers()
    assert desk.connected(), "its link is up: the port waits"
    wait(lambda: not desk.inconsistent(), 12, "the port does not come back")
    desk.whole()


def test_without_root_guard_the_same_frame_cuts_off_nobody(desk: Cisco) -> None:
    desk.type(f"interface {DESK}", "no spanning-tree bpduguard enable", "no spanning-tree guard")
    desk.intruder.sends("bpdu", 1, pause=1)
    assert not desk.inconsistent()


def test_arp_that_nobody_vouches_for_is_dropped(desk: Cisco) -> None:
    assert desk.hears("arp", 5, pause=0.1, address=OWN) == 5
    assert desk.hears("arp", 5, pause=0.1) == 0
    assert desk.hears("tagged", 5, pause=0.1) == 0
    wait(lambda: desk.dropped() >= 10, 5, "what is dropped is not counted")
    desk.type("no ip arp inspection vlan 10")
    assert desk.hears("arp", 5, pause=0.1) == 5


def test_a_lease_of_our_server_vouches_for_its_host_and_address(desk: Cisco) -> None:
    mac = desk.intruder.mac
    desk.router.sends("ack", 1, whose=mac)
    wait(lambda: desk.shows(BINDINGS, rf"^(\S+) +{NOBODYS} .* 10 +{DESK}$") == [mac.upper()], 5, "nothing is known")
    assert desk.hears("arp", 5, pause=0.1) == 5
    assert desk.hears("arp", 5, pause=0.1, address=OTHER) == 0


def test_a_server_at_a_desk_binds_nothing(desk: Cisco) -> None:
    desk.intruder.sends("ack", 1, pause=1, address=OTHER, whose=desk.intruder.mac)
    assert desk.shows(BINDINGS, f"({OTHER}) ") == []


def test_a_flood_of_arp_shuts_its_port(desk: Cisco) -> None:
    desk.type(f"interface {DESK}", "ip arp inspection limit rate 200")
    desk.intruder.sends("arp", FLOOD, pause=0.01, address=OWN)
    assert desk.shut() == ""
    desk.type(f"interface {DESK}", "no ip arp inspection limit rate")
    desk.intruder.sends("arp", FLOOD, pause=0.01, address=OWN)
    wait(lambda: desk.shut() == "arp-inspection", 5, "who floods goes on")
    desk.opened()


def test_a_flood_of_mac_addresses_stops_at_the_maximum(desk: Cisco) -> None:
    desk.intruder.sends("macs", 300)
    assert 1 <= desk.addresses() <= 3
    assert desk.answers(), "who was there first is still there"
    wait(lambda: desk.violations() > 100, 5, "those that were too many are not counted")
    assert desk.shut() == ""
    desk.type(f"interface {DESK}", "description the same guards, looked at again")
    desk.intruder.sends("macs", 300)
    assert 1 <= desk.addresses() <= 3
    desk.type(f"interface {DESK}", "no switchport port-security")

    def all_are_learned() -> bool:
        desk.intruder.sends("macs", 300)
        return desk.addresses() > 100

    wait(all_are_learned, 5, "something else holds them back")


def test_one_mac_address_too_many_shuts_the_port_where_that_is_asked_for(desk: Cisco) -> None:
    desk.type(f"interface {DESK}", "switchport port-security violation shutdown")
    assert desk.answers()
    desk.intruder.sends("macs", 2)
    wait(lambda: desk.violations() == 0, 3, "three are not too many")
    assert desk.shut() == ""
    desk.intruder.sends("macs", 3)
    wait(lambda: desk.shut() == "psecure-violation", 5, "one too many, and the port is open")
    assert not desk.answers()
    desk.opened()


def test_a_broadcast_storm_is_limited_and_shuts_its_port(desk: Cisco) -> None:
    desk.type(f"interface {DESK}", "no storm-control action")
    limited = desk.hears("storm", 4000)
    desk.type(f"interface {DESK}", "no storm-control broadcast level pps 500")
    assert limited < desk.hears("storm", 4000) / 2
    desk.restore()
    desk.intruder.sends("storm", 4000)
    wait(lambda: desk.shut() == "storm-control", 10, "who sends a storm goes on")
    desk.opened()
