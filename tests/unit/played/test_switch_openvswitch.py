"""The configuration as Open vSwitch is told it: one transaction."""

import pytest

from roles.played.switch.files.switch.flows import flows
from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.openvswitch import transaction, wanted
from tests.played import typed

MAC = "02:00:00:00:00:01"
CABLED = {"gi1-0-1": "GigabitEthernet1/0/1", "gi1-0-24": "GigabitEthernet1/0/24"}


@pytest.mark.parametrize(
    ("lines", "port", "settings"),
    [
        ("", "gi1-0-1", "vlan_mode=access tag=1 trunks=[]"),
        ("vlan 10\nint gi1/0/1\nswitchport access vlan 10", "gi1-0-1", "vlan_mode=access tag=10 trunks=[]"),
        ("int gi1/0/1\nswitchport access vlan 10\nno vlan 10", "gi1-0-1", None),
        ("int gi1/0/1\nshutdown", "gi1-0-1", None),
        ("int gi1/0/24\nswitchport mode trunk", "gi1-0-24", "vlan_mode=native-untagged tag=1 trunks=1"),
        (
            "vlan 10,30\nint gi1/0/24\nswitchport mode trunk\nswitchport trunk allowed vlan 10,20,30",
            "gi1-0-24",
            "vlan_mode=trunk tag=[] trunks=10,30",
        ),
        (
            "int gi1/0/24\nswitchport mode trunk\nswitchport trunk allowed vlan none",
            "gi1-0-24",
            "vlan_mode=trunk tag=[] trunks=4095",
        ),
    ],
)
def test_vlan_settings(session: Session, lines: str, port: str, settings: str | None) -> None:
    typed(session, f"conf t\n{lines}")
    assert wanted(session.switch.config, CABLED).bridge.get(port) == settings


def test_a_port_that_is_shut_loses_its_link(session: Session) -> None:
    typed(session, "conf t\nint gi1/0/1\nshutdown")
    assert wanted(session.switch.config, CABLED).up == {"gi1-0-1": False, "gi1-0-24": True}


def test_a_vlan_interface_has_an_address(session: Session) -> None:
    typed(session, "conf t\ninterface vlan 99\nip address 10.20.99.11 255.255.255.0\nip default-gateway 10.20.99.1")
    found = wanted(session.switch.config, CABLED)
    assert found.addresses == {"vlan99": "10.20.99.11/24"}
    assert found.gateway == "10.20.99.1"
    arguments = " ".join(transaction(found, [], MAC))
    assert f'set interface vlan99 type=internal mac="{MAC}"' in arguments


def test_a_vlan_interface_without_address_is_nothing_to_the_machine(session: Session) -> None:
    typed(session, "conf t\ninterface vlan 1\nshutdown")
    found = wanted(session.switch.config, {})
    assert (found.bridge, found.up, found.addresses) == ({}, {}, {})


def test_one_transaction_with_what_must_go(session: Session) -> None:
    arguments = transaction(wanted(session.switch.config, {"gi1-0-1": CABLED["gi1-0-1"]}), ["gi1-0-1", "vlan99"], MAC)
    assert " ".join(arguments) == (
        "--may-exist add-br br0 -- set bridge br0 datapath_type=netdev"
        " -- set bridge br0 rstp_enable=false other_config:rstp-priority=32768"
        ' other_config:rstp-address="02:00:00:00:00:01"'
        " -- --if-exists del-port br0 vlan99"
        " -- --may-exist add-port br0 gi1-0-1 -- set port gi1-0-1 vlan_mode=access tag=1 trunks=[]"
        " -- set interface gi1-0-1 ofport_request=1 -- set port gi1-0-1 other_config:rstp-port-admin-edge=false"
    )


def test_who_asks_for_an_address_of_the_switch_is_heard_in_its_vlan(session: Session) -> None:
    typed(session, "conf t\nvlan 99\nint gi1/0/1\nswitchport access vlan 99\nint gi1/0/24\nswitchport mode trunk")
    typed(session, "int vlan 99\nip address 10.20.99.11 255.255.255.0")
    found = wanted(session.switch.config, CABLED)
    asks = "table=40,priority=100,arp,arp_tpa=10.20.99.11"
    assert [line for line in flows({}, found.own) if "arp" in line] == [
        f"{asks},dl_vlan=99,actions=NORMAL,pop_vlan,output:vlan99",
        f"{asks},in_port=1,vlan_tci=0,actions=NORMAL,output:vlan99",
    ]
    typed(session, "shutdown")
    assert wanted(session.switch.config, CABLED).own == ()
