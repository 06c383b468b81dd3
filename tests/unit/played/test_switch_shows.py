"""What ntc-templates reads in the output of each show command."""

import pytest
from ntc_templates.parse import parse_output

from roles.played.switch.files.switch.ios.cli import Session
from tests.played import typed


@pytest.fixture
def configured(session: Session) -> Session:
    typed(
        session,
        """
        conf t
        hostname sw1
        vlan 10
        name users
        vlan 99
        int gi1/0/1
        description ws1
        switchport mode access
        switchport access vlan 10
        int gi1/0/3
        shutdown
        int gi1/0/4
        switchport access vlan 20
        no vlan 20
        int gi1/0/24
        switchport trunk allowed vlan 10,99
        switchport mode trunk
        end
        """,
    )
    return session


def parsed(session: Session, line: str) -> list[dict[str, object]]:
    return parse_output(platform="cisco_ios", command=line, data=session.feed(line))


def test_vlan_brief(configured: Session) -> None:
    found = {row["vlan_id"]: (row["vlan_name"], row["interfaces"]) for row in parsed(configured, "show vlan brief")}
    assert found["10"] == ("users", ["Gi1/0/1"])
    assert found["99"] == ("VLAN0099", [])
    assert len(found["1"][1]) == 21  # all but 1, 4 (its VLAN is gone) and the trunk


def test_interfaces_status(configured: Session) -> None:
    found = {row["port"]: row for row in parsed(configured, "show interfaces status")}
    assert [found[f"Gi1/0/{n}"]["status"] for n in (1, 2, 3, 4, 24)] == [
        "connected",
        "notconnect",
        "disabled",
        "inactive",
        "connected",
    ]
    assert (found["Gi1/0/1"]["name"], found["Gi1/0/1"]["vlan_id"]) == ("ws1", "10")
    assert found["Gi1/0/24"]["vlan_id"] == "trunk"


def test_interfaces_switchport(configured: Session) -> None:
    found = {row["interface"]: row for row in parsed(configured, "show interfaces switchport")}
    assert (found["Gi1/0/1"]["admin_mode"], found["Gi1/0/1"]["access_vlan"]) == ("static access", "10")
    assert (found["Gi1/0/24"]["mode"], found["Gi1/0/24"]["trunking_vlans"]) == ("trunk", ["10", "99"])
    assert found["Gi1/0/2"]["trunking_vlans"] == ["ALL"]


def test_mac_address_table(configured: Session) -> None:
    [row] = parsed(configured, "show mac address-table")
    assert (row["destination_address"], row["vlan_id"]) == ("0200.0a14.0a15", "10")
    assert row["destination_port"] == ["Gi1/0/1"]


def test_version(configured: Session) -> None:
    [row] = parsed(configured, "show version")
    assert (row["hostname"], row["version"]) == ("sw1", "15.2(7)E3")


def test_interfaces_trunk(configured: Session) -> None:
    # ntc-templates has none for this one: it is for people.
    assert "Gi1/0/24    on               802.1q         trunking      1" in configured.feed("show interfaces trunk")
    assert "Gi1/0/24    10,99" in configured.feed("show interfaces trunk")
