"""What guards a port: what the configuration means, the flows that it becomes, and what wakes the watch."""

import struct
from time import monotonic, sleep

import pytest

from roles.network.lldp import neighbours
from roles.played.switch.files.switch import bpf, lldp
from roles.played.switch.files.switch.flows import flows, meters
from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.meaning import Protection
from roles.played.switch.files.switch.openvswitch import wanted
from roles.played.switch.files.switch.watch import Looking, Watch
from tests.played import typed

DESK = """
    configure terminal
    vlan 10
    ip dhcp snooping vlan 10
    ip dhcp snooping
    errdisable recovery cause bpduguard
    errdisable recovery interval 30
    spanning-tree mode rapid-pvst
    interface gi1/0/1
    switchport access vlan 10
    switchport mode access
    switchport port-security maximum 3
    switchport port-security violation restrict
    switchport port-security
    storm-control broadcast level pps 500
    storm-control action shutdown
    ip dhcp snooping limit rate 15
    spanning-tree portfast
    spanning-tree bpduguard enable
    interface gi1/0/24
    switchport mode trunk
    ip dhcp snooping trust
    spanning-tree portfast trunk
    lldp run
    end
"""
NICS = {"gi1-0-1": "GigabitEthernet1/0/1", "gi1-0-24": "GigabitEthernet1/0/24"}
SELF = bytes.fromhex("020000000001")


def test_the_configuration_means_guards(session: Session) -> None:
    typed(session, DESK)
    desk, uplink = (session.switch.config.port(port).protection for port in NICS.values())
    assert desk == Protection(True, True, False, True, 15, 500, True, 3, "restrict", True)
    assert (uplink.portfast, uplink.lldp, uplink.no_servers, uplink.bpduguard) == (True, True, False, False)
    assert (uplink.storm, uplink.macs, uplink.dhcp_rate) == (None, None, None)
    guards = session.switch.config.guards
    assert (guards.rapid, guards.recovers, guards.recovery) == (True, {"bpduguard"}, 30)


def test_no_flow_touches_the_uplink(session: Session) -> None:
    typed(session, DESK)
    found = wanted(session.switch.config, NICS)
    assert found.edges == {"gi1-0-1", "gi1-0-24"}
    lines = flows(found.guarded)
    assert "table=0,priority=300,in_port=1,udp,tp_src=67,actions=drop" in lines
    assert any("limit=3" in line for line in lines)
    assert not any("in_port=24" in line for line in lines)
    assert meters(found.guarded) == [
        "meter=2,pktps,burst,bands=type=drop,rate=500,burst_size=50",
        "meter=3,pktps,burst,bands=type=drop,rate=500,burst_size=50",
    ]


def test_a_port_that_a_guard_shut_forwards_nothing_and_has_no_link(session: Session) -> None:
    typed(session, DESK)
    found = wanted(session.switch.config, NICS, {"GigabitEthernet1/0/1"})
    assert found.up == {"gi1-0-1": False, "gi1-0-24": True}
    assert set(found.bridge) == {"gi1-0-24"}


def accepts(program: bytes, frame: bytes, outgoing: bool = False) -> bool:
    """What the kernel would do with a frame."""
    steps = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
    at = value = 0
    while True:
        code, yes, no, operand = steps[at]
        at += 1
        if code == bpf.RETURN:
            return operand > 0
        if code == bpf.EQUALS:
            at += yes if value == operand else no
        elif code == bpf.AND:
            value &= operand
        elif operand == bpf.PACKET_TYPE:
            value = bpf.OUTGOING if outgoing else 0
        else:
            size = {bpf.WORD: 4, bpf.HALF: 2, bpf.BYTE: 1}[code]
            if operand + size > len(frame):
                return False
            value = int.from_bytes(frame[operand : operand + size], "big")


def frame(to: str, kind: str = "88b5", rest: bytes = bytes(46)) -> bytes:
    return bytes.fromhex(to) + SELF + bytes.fromhex(kind) + rest


DHCP = bytes(9) + bytes([17]) + bytes(10) + struct.pack(">HH", 68, 67) + bytes(30)


@pytest.mark.parametrize(
    ("program", "yes", "no"),
    [
        (bpf.program(bpf.BPDU, bpf.PVST), ["0180c2000000", "01000ccccccd"], ["0180c200000e", "ffffffffffff"]),
        (bpf.program(bpf.LLDP), ["0180c200000e"], ["0180c2000000"]),
        (bpf.program(bpf.BROADCAST), ["ffffffffffff"], ["ffffffff0000", "01005e000001"]),
        (bpf.program(), ["ffffffffffff", "01005e000001"], ["020000000002"]),
    ],
)
def test_what_wakes_and_what_counts(program: bytes, yes: list[str], no: list[str]) -> None:
    assert [accepts(program, frame(to)) for to in yes] == [True] * len(yes)
    assert [accepts(program, frame(to)) for to in no] == [False] * len(no)
    assert not any(accepts(program, frame(to), outgoing=True) for to in yes)


def test_dhcp_of_clients_is_counted() -> None:
    program = bpf.program(bpf.FROM_DHCP_CLIENT)
    assert accepts(program, frame("ffffffffffff", "0800", DHCP))
    assert not accepts(program, frame("ffffffffffff", "0806", DHCP))


def test_a_neighbour_is_heard_as_it_says() -> None:
    sent = lldp.frame("02:00:00:00:00:01", "sw2", "GigabitEthernet1/0/23", "Gi1/0/23")
    heard = lldp.heard("GigabitEthernet1/0/24", sent, now=100.0)
    assert heard == lldp.Neighbour("GigabitEthernet1/0/24", "0200.0000.0001", "Gi1/0/23", "sw2", "B", 220.0)


@pytest.mark.parametrize(
    "junk", [b"", bytes(14), lldp.GROUP + SELF + b"\x88\xcc", lldp.GROUP + SELF + b"\x88\xcc\x03\xff"]
)
def test_junk_is_no_neighbour(junk: bytes) -> None:
    assert lldp.heard("GigabitEthernet1/0/24", junk, now=0.0) is None


def test_what_is_shown_of_neighbours_is_read_by_the_product(session: Session) -> None:
    typed(session, DESK)
    (found,) = neighbours("cisco_ios", session.feed("show lldp neighbors detail"))
    assert (found.port, found.device, found.device_port) == ("GigabitEthernet1/0/24", "sw2", "GigabitEthernet1/0/24")


def test_what_a_guard_shut_is_shown(session: Session) -> None:
    assert "Gi1/0/3" in session.feed("show interfaces status err-disabled")
    assert "bpduguard" in session.feed("show interfaces status err-disabled")


class Broken:
    """A plane that refuses everything, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def shut_port(self, port: str, cause: str) -> None:
        raise RuntimeError(port, cause)

    def heal(self) -> None:
        self.asked += 1
        raise RuntimeError("no")

    def mend_flows(self) -> None:
        raise RuntimeError("no")


def test_the_watch_goes_on_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roles.played.switch.files.switch.watch.TICK", 0.01)
    broken = Broken()
    watch = Watch(broken)
    watch.look(
        Looking("sw1", "02:00:00:00:00:01", {"no-such-nic": ("GigabitEthernet1/0/1", Protection(bpduguard=True))})
    )
    watch.begin()
    end = monotonic() + 5
    while broken.asked < 3 and monotonic() < end:
        sleep(0.01)
    assert broken.asked >= 3
