"""ARP inspection and DHCP snooping: what the configuration means, the flows, the table, and what is shown."""

import struct
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from ntc_templates.parse import parse_output

from roles.played.switch.files.switch import counters, flows
from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.openvswitch import wanted
from roles.played.switch.files.switch.personalities import PERSONALITIES
from roles.played.switch.files.switch.snooping import Binding, Bindings, Lease, acknowledged
from tests.played import Plane, typed

INSPECTED = """
    configure terminal
    vlan 10,20
    ip dhcp snooping vlan 10,20
    ip dhcp snooping
    arp access-list FIXED-10
    permit ip host 10.20.10.21 mac any
    ip arp inspection filter FIXED-10 vlan 10
    ip arp inspection vlan 10,20
    interface gi1/0/1
    switchport access vlan 10
    switchport voice vlan 20
    switchport mode access
    interface gi1/0/24
    switchport mode trunk
    ip arp inspection trust
    ip dhcp snooping trust
    end
"""
NICS = {"gi1-0-1": "GigabitEthernet1/0/1", "gi1-0-24": "GigabitEthernet1/0/24"}
MAC = "02:00:0a:14:0a:15"


def test_the_configuration_means_which_arp_is_inspected(session: Session) -> None:
    typed(session, INSPECTED)
    config = session.switch.config
    desk, uplink = (config.port(port).protection for port in NICS.values())
    assert (desk.inspected, desk.arp_rate, desk.vouches) == ({10, 20}, 15, False)
    assert (uplink.inspected, uplink.arp_rate, uplink.vouches) == (frozenset(), None, True)
    assert config.guards.fixed == {(10, "10.20.10.21")}
    typed(session, "conf t\nno ip arp inspection vlan 10,20\ninterface gi1/0/1\nip arp inspection limit rate 30\nend")
    assert config.port(NICS["gi1-0-1"]).protection.inspected == frozenset()
    typed(session, "conf t\nip arp inspection vlan 20\nend")
    assert config.port(NICS["gi1-0-1"]).protection.arp_rate == 30


def test_arp_is_inspected_with_its_tag_and_without(session: Session) -> None:
    typed(session, INSPECTED)
    found = wanted(session.switch.config, NICS)
    lines = [line for line in flows.flows(found.guarded, found.own, found.untagged) if "reg1" in line.lower()]
    assert lines == [
        "table=0,priority=400,in_port=1,arp,dl_vlan=10,actions=load:10->NXM_NX_REG1[],resubmit(,5)",
        "table=0,priority=400,in_port=1,arp,vlan_tci=0/0xfff,actions=load:10->NXM_NX_REG1[],resubmit(,5)",
        "table=0,priority=400,in_port=1,arp,dl_vlan=20,actions=load:20->NXM_NX_REG1[],resubmit(,5)",
        "table=5,priority=0,reg1=10,actions=drop",
        "table=5,priority=0,reg1=20,actions=drop",
    ]
    assert flows.permitted(10, "10.20.10.21") == "table=5,priority=10,arp,reg1=10,arp_spa=10.20.10.21"
    assert flows.permitted(10, "10.20.10.50", MAC).endswith(f"arp_spa=10.20.10.50,arp_sha={MAC}")


def ack(kind: int = 5, address: str = "10.20.10.50", lease: int = 3600) -> bytes:
    """A frame of a DHCP server, after padding as some send it."""
    options = bytes([53, 1, kind, 0, 51, 4]) + lease.to_bytes(4, "big") + b"\xff"
    head = struct.pack(">4B12x4s8x6s202x", 2, 1, 6, 0, IPv4Address(address).packed, bytes.fromhex(MAC.replace(":", "")))
    said = head + bytes.fromhex("63825363") + options
    udp = struct.pack(">HHHH", 67, 68, 8 + len(said), 0) + said
    ip = struct.pack(">BBHHHBBH8x", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0)
    return bytes(12) + b"\x08\x00" + ip + udp


def test_an_acknowledged_lease_is_read() -> None:
    assert acknowledged(ack()) == Lease(MAC, "10.20.10.50", 3600)


@pytest.mark.parametrize(
    "frame", [ack(kind=2), ack(kind=6), ack(lease=0), ack(address="0.0.0.0"), b"", bytes(400), bytes(12) + b"\x08\x00E"]
)
def test_nothing_else_is_a_lease(frame: bytes) -> None:
    assert acknowledged(frame) is None


def test_no_cut_of_a_lease_is_an_error() -> None:
    whole = ack()
    assert [size for size in range(len(whole)) if acknowledged(whole[:size])] == [len(whole) - 1]


def test_a_binding_ends_with_its_lease_and_gives_way_to_a_newer_one() -> None:
    table = Bindings()
    table.learn(Binding(10, MAC, "10.20.10.50", "1", until=100.0))
    table.learn(Binding(10, "02:00:00:00:00:02", "10.20.10.51", "2", until=50.0))
    assert [each.address for each in table.present(40.0)] == ["10.20.10.51", "10.20.10.50"]
    table.learn(Binding(10, "02:00:00:00:00:03", "10.20.10.50", "3", until=200.0))
    assert [each.mac[-1] for each in table.present(60.0)] == ["3"], "the address is another host's, one lease ended"
    table.learn(Binding(10, "02:00:00:00:00:03", "10.20.10.52", "3", until=200.0))
    assert [each.address for each in table.present(60.0)] == ["10.20.10.52"]


def test_what_is_kept_is_remembered(session: Session, tmp_path: Path) -> None:
    typed(session, INSPECTED)
    assert not session.switch.config.guards.kept
    typed(session, "conf t\nip dhcp snooping database flash:dhcp-snooping\nend")
    assert session.switch.config.guards.kept
    before, after, where = Bindings(), Bindings(), tmp_path / "dhcp-snooping"
    before.learn(Binding(10, MAC, "10.20.10.50", "1", until=100.0))
    before.keep(where, now=40.0)
    after.remember(where)
    assert after.present(40.0) == before.present(40.0)
    assert after.present(101.0) == []


@pytest.mark.parametrize("text", ["", "[1]", "{}", '[{"vlan": 10}]'])
def test_a_file_that_is_not_ours_is_remembered_as_nothing(tmp_path: Path, text: str) -> None:
    found = Bindings()
    (tmp_path / "junk").write_text(text)
    found.remember(tmp_path / "junk")
    found.remember(tmp_path / "missing")
    assert found.present(0.0) == []


DUMP = """\
 cookie=0x0, duration=2.7s, table=5, n_packets=5, n_bytes=3, priority=10,arp,reg1=0xa,arp_spa=10.20.10.21 actions=resubmit(,10)
 cookie=0x0, duration=2.7s, table=5, n_packets=2, n_bytes=3, priority=10,arp,reg1=0xa,arp_spa=10.20.10.66 actions=resubmit(,10)
 cookie=0x0, duration=2.7s, table=5, n_packets=15, n_bytes=9, priority=0,reg1=0xa actions=drop
 cookie=0x0, duration=2.7s, table=12, n_packets=72, n_bytes=4, priority=5,reg0=0x2/0x2,in_port=1 actions=drop
 cookie=0x0, duration=2.7s, table=20, n_packets=18, n_bytes=1, priority=5,in_port=1 actions=learn(table=32,priority=1)
 cookie=0x0, duration=2.7s, table=20, n_packets=99, n_bytes=1, priority=10,reg0=0x1/0x1,in_port=1 actions=resubmit(,40)
"""  # noqa: E501  # as ovs-ofctl prints it


def test_what_open_vswitch_counts() -> None:
    assert counters.inspected(DUMP) == {10: counters.Inspected(forwarded=7, dropped=15)}
    assert counters.violations(DUMP) == {1: 90}


def test_what_is_known_and_dropped_is_shown(session: Session) -> None:
    typed(session, INSPECTED + "conf t\ninterface gi1/0/1\nswitchport port-security\nend")
    shown = session.feed("show ip dhcp snooping binding")
    (row,) = parse_output("cisco_ios", "show ip dhcp snooping binding", shown)
    assert (row["mac_address"], row["ip_address"], row["vlan_id"]) == (MAC.upper(), "10.20.10.150", "10")
    assert row["interface"] == "GigabitEthernet1/0/1"
    lines = [line.split() for line in session.feed("show ip arp inspection").splitlines()]
    assert ["10", "Enabled", "Active", "FIXED-10", "No"] in lines
    assert ["20", "Enabled", "Active"] in lines
    assert ["10", "7", "2", "2", "0"] in lines
    assert ["Gi1/0/1", "1", "1", "5", "Shutdown"] in [
        line.split() for line in session.feed("show port-security").splitlines()
    ]
    assert "Root Inconsistent" in session.feed("show spanning-tree inconsistentports")


PROCURVE = """
    configure
    vlan 10
    untagged 1
    exit
    dhcp-snooping
    dhcp-snooping vlan 10
    arp-protect
    arp-protect vlan 10
    interface 24
    tagged vlan 10
    dhcp-snooping trust
    arp-protect trust
    exit
    port-security 1 learn-mode limited-continuous address-limit 2 action send-disable
    exit
"""


def test_procurve_means_and_shows_the_same(tmp_path: Path) -> None:
    switch = Switch(Plane(PERSONALITIES["hp_procurve"]), tmp_path / "startup", PERSONALITIES["hp_procurve"])
    session = PERSONALITIES["hp_procurve"].session(switch)
    typed(session, PROCURVE)
    desk, uplink = (switch.config.port(port).protection for port in ("1", "24"))
    assert (desk.inspected, desk.violation, desk.arp_rate, desk.vouches) == ({10}, "shutdown", None, False)
    assert (uplink.inspected, uplink.vouches) == (frozenset(), True)
    assert switch.config.guards.snooped == {10}
    assert "02000a-140a15 10.20.10.150    10   1" in session.feed("show dhcp-snooping binding")
    assert "Bad bindings   : 2" in session.feed("show arp-protect statistics 10")
    typed(session, "configure\nno arp-protect\nexit")
    assert switch.config.port("1").protection.inspected == frozenset()


VRP = """
    system-view
    vlan 10
    quit
    dhcp enable
    dhcp snooping enable
    vlan 10
    dhcp snooping enable
    user-bind static ip-address 10.20.10.21 vlan 10
    error-down auto-recovery cause portsec-reachedlimit interval 30
    interface GigabitEthernet0/0/1
    port link-type access
    port default vlan 10
    port-security enable
    port-security protect-action shutdown
    arp anti-attack check user-bind enable
    stp root-protection
    interface GigabitEthernet0/0/24
    port link-type trunk
    port trunk allow-pass vlan 10
    dhcp snooping trusted
    return
"""


def test_vrp_binds_addresses_and_says_what_is_shut(tmp_path: Path) -> None:
    switch = Switch(Plane(PERSONALITIES["huawei_vrp"]), tmp_path / "startup", PERSONALITIES["huawei_vrp"])
    session = PERSONALITIES["huawei_vrp"].session(switch)
    typed(session, VRP)
    desk, uplink = (switch.config.port(f"GigabitEthernet0/0/{number}").protection for number in (1, 24))
    assert (desk.violation, desk.vouches, desk.no_servers, desk.rootguard) == ("shutdown", False, True, True)
    assert (uplink.vouches, uplink.no_servers, uplink.inspected) == (True, False, frozenset())
    assert desk.inspected == {10}
    assert (switch.config.guards.snooped, switch.config.guards.fixed) == ({10}, {(10, "10.20.10.21")})
    assert "psecure-violation" in switch.config.guards.recovers
    assert "GE0/0/1" in session.feed("display dhcp snooping user-bind all")
    assert ["GE0/0/3", "bpdu-protection", "--"] in [
        line.split() for line in session.feed("display error-down recovery").splitlines()
    ]
