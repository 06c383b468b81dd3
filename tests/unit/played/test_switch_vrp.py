"""The command line of the played Huawei switch: what it takes, refuses, asks and prints, as real ones do."""

from pathlib import Path

import pytest
from ntc_templates.parse import parse_output

from roles.network.lldp import LldpError, neighbours
from roles.network.topology import Neighbour
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.vrp.cli import MORE, Session
from roles.played.switch.files.switch.vrp.personality import VRP
from tests.played import Plane, typed

# Shortened transcripts of real switches, retyped: what ntc-templates tests its parsers with (huawei_vrp).
REAL = {
    "display port vlan": """\
Port                        Link Type    PVID  Trunk VLAN List
-------------------------------------------------------------------------------
GigabitEthernet0/0/3        trunk        999   255 300 999
GigabitEthernet0/0/5        access       330   -
GigabitEthernet0/0/25       auto         1     1-4094
""",
    "display mac-address": """\
-------------------------------------------------------------------------------
MAC Address    VLAN/VSI                          Learned-From        Type
-------------------------------------------------------------------------------
aaaa-aaaa-aaaa 1/-                               GE0/0/25            dynamic
-------------------------------------------------------------------------------
Total items displayed = 1
""",
    "display vlan": """\
The total number of VLANs is: 2
--------------------------------------------------------------------------------
U: Up;         D: Down;         TG: Tagged;         UT: Untagged;
MP: Vlan-mapping;               ST: Vlan-stacking;
#: ProtocolTransparent-vlan;    *: Management-vlan;
--------------------------------------------------------------------------------

VID  Type    Ports
--------------------------------------------------------------------------------
1    common  UT:XGE0/0/1(D)     XGE0/0/2(D)
             TG:40GE0/0/1(D)    40GE0/0/2(D)
10   common  UT:XGE0/0/7(D)

VID  Status  Property      MAC-LRN Statistics Description
--------------------------------------------------------------------------------
1    enable  default       enable  disable    VLAN 0001
10   enable  default       enable  disable    VLAN 0010
""",
    "display interface brief": """\
PHY: Physical
*down: administratively down
(l): loopback
(s): spoofing
InUti/OutUti: input utility/output utility
Interface                   PHY   Protocol  InUti OutUti   inErrors  outErrors
GigabitEthernet0/0/0        down  down         0%     0%          0          0
NULL0                       up    up(s)        0%     0%          0          0
""",
    "display version": """\
Huawei Versatile Routing Platform Software
VRP (R) software, Version 5.170 (S7700 V200R010C00SPC600)
Copyright (C) 2000-2016 HUAWEI TECH CO., LTD
Quidway S7706 Terabit Routing Switch uptime is 85 weeks, 4 days, 0 hour, 10 minutes
""",
}


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(Switch(Plane(VRP), tmp_path / "saved", VRP))


def configured(session: Session) -> Session:
    answers = typed(
        session,
        """
        sys
        sysn sw1
        vlan b 10 20 to 22 99
        vlan 10
        desc users
        int g0/0/1
        port link-type acc
        port default vlan 10
        stp edged-port en
        int GigabitEthernet 0/0/24
        port link-t tr
        undo port trunk allow-pass vlan 1
        port trunk allow-pass vlan 10 20 to 22 99
        int vlanif 99
        ip add 10.20.99.11 24
        ip route-static 0.0.0.0 0 10.20.99.1
        return
        """,
    )
    assert "Error" not in answers
    return session


@pytest.mark.parametrize("command", REAL)
def test_its_tables_are_read_as_those_of_real_switches_are(session: Session, command: str) -> None:
    real, ours = (
        parse_output(platform="huawei_vrp", command=command, data=text)
        for text in (REAL[command], configured(session).feed(command))
    )
    assert ours
    assert [each.keys() for each in ours[:1]] == [each.keys() for each in real[:1]]


def test_what_its_tables_say(session: Session) -> None:
    def read(command: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = parse_output(
            platform="huawei_vrp", command=command, data=configured(session).feed(command)
        )
        return found

    ports = {str(row["interface"]): row for row in read("display port vlan")}
    assert len(ports) == 24
    assert ports["GigabitEthernet0/0/24"]["trunk_vlan_list"] == ["10", "20-22", "99"]
    assert (ports["GigabitEthernet0/0/1"]["link_type"], ports["GigabitEthernet0/0/1"]["vlan_id"]) == ("access", "10")
    assert {row["vlan_id"]: row["vlan_description"] for row in read("display vlan")}["10"] == "users"
    assert [(row["destination_port"], row["vlan_id"]) for row in read("display mac-address")] == [("GE0/0/1", "10")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("foo", "     ^\nError: Unrecognized command found at '^' position."),
        ("interface GigabitEthernet0/0/99", "Error: Wrong parameter found at '^' position."),
        ("vlan", "Error:Incomplete command found at '^' position."),
        ("st", "Error:Ambiguous command found at '^' position."),
        ("interface Vlanif77", "Error: The VLAN does not exist."),
        ("undo vlan 99", "Error: The VLAN has a VLANIF interface"),
        ("undo vlan 1", "Error: The default VLAN can not be deleted."),
        ("vlan batch 1 3 5 7 9 11 13 15 17 19 21", "Error: Wrong parameter found at '^' position."),
    ],
)
def test_refusals(session: Session, line: str, said: str) -> None:
    configured(session).feed("system-view")
    assert said in session.feed(line)


def test_a_port_changes_its_kind_only_when_it_is_empty(session: Session) -> None:
    typed(configured(session), "system-view\ninterface g0/0/1")
    assert session.feed("port link-type trunk") == "Error: Please renew the default configurations."
    assert typed(session, "undo port default vlan\nport link-type trunk") == ""
    assert session.switch.config.port("GigabitEthernet0/0/1").allowed == {1}


def test_a_vlan_goes_when_that_is_confirmed_and_its_ports_are_in_vlan_1(session: Session) -> None:
    configured(session).feed("system-view")
    session.feed("undo vlan 10")
    assert session.prompt == "Warning: The configurations of the VLAN will be deleted. Continue?[Y/N]:"
    session.feed("maybe")
    assert session.prompt.startswith("Error: Please choose 'YES' or 'NO'")
    session.feed("n")
    assert 10 in session.switch.config.vlans
    typed(session, "undo vlan 10\ny")
    assert session.prompt == "[sw1]"
    assert session.switch.config.port("GigabitEthernet0/0/1").access == 1


def test_a_terminal_has_pages_until_it_is_told(tmp_path: Path) -> None:
    session = VRP.session(Switch(Plane(VRP), tmp_path / "saved", VRP), user="netadmin")
    first = session.feed("display current-configuration")
    assert (len(first.splitlines()), session.prompt) == (24, MORE)
    assert len(session.feed("").splitlines()) == 1
    assert len(session.feed(" ").splitlines()) == 24
    session.feed("q")
    assert session.prompt == "<HUAWEI>"
    session.feed("screen-length 0 temporary")
    assert session.feed("display current-configuration").endswith("#\nreturn")


def test_saving_asks_and_takes_the_next_line_for_a_file_name(session: Session) -> None:
    configured(session)
    typed(session, "save\ny")
    assert session.prompt.endswith("[vrpcfg.zip]:")
    assert "Error" in session.feed("display version")  # what netmiko types next, sure that it has saved
    assert session.switch.saved is None
    assert "Save the configuration successfully" in typed(session, "save\ny\nvrpcfg.zip")
    assert session.feed("display saved-configuration") == session.feed("display current-configuration")


def test_a_scheduled_restart_comes_with_what_is_saved(session: Session) -> None:
    typed(configured(session), "save\ny\nvrpcfg.zip\nsystem-view\nvlan 40\nreturn\nschedule reboot delay 5")
    assert session.prompt.startswith("Warning: The current configuration will be saved")
    session.feed("n")  # with y it would save what the restart is there to undo
    assert "Reboot system at" in session.prompt
    session.feed("y")
    assert "System will reboot at" in session.feed("display schedule reboot")
    assert 40 in session.switch.config.vlans
    session.switch.pending.expire(session.switch)
    assert 40 not in session.switch.config.vlans
    typed(session, "schedule reboot delay 5\ny\nundo schedule reboot")
    assert session.switch.pending is None
    assert "no scheduled" in session.feed("display schedule reboot")


def test_a_long_list_is_printed_on_several_lines_and_read_again(session: Session) -> None:
    odd = [str(number) for number in range(201, 227, 2)]
    typed(configured(session), f"system-view\nvlan batch {' '.join(odd[:10])}\nvlan batch {' '.join(odd[10:])}\nreturn")
    text = VRP.dump(session.switch.config)
    assert text.count("vlan batch ") == 2
    assert VRP.load(text).vlans == session.switch.config.vlans


def test_its_neighbours_are_read_as_everybody_s_are(session: Session) -> None:
    with pytest.raises(LldpError, match="LLDP is not enabled"):
        neighbours("huawei_vrp", session.feed("display lldp neighbor"))
    typed(configured(session), "system-view\nlldp enable\nreturn")
    assert neighbours("huawei_vrp", session.feed("display lldp neighbor")) == [
        Neighbour("GigabitEthernet0/0/24", "sw2", "GigabitEthernet1/0/24", carries=True)
    ]
    assert "GE0/0/24         sw2" in session.feed("display lldp neighbor brief")
