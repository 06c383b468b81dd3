"""The command line of a played ProCurve, by itself and over SSH: what it takes, asks and prints."""

import asyncio
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from ntc_templates.parse import parse_output

from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.procurve.cli import Session
from roles.played.switch.files.switch.procurve.personality import PROCURVE
from tests.played import Plane, PlayedSwitch, typed

BUILDING = """
    configure
    hostname "sw2"
    vlan 10
    name "users"
    untagged 1-4,7
    tagged 24
    vlan 99
    name "management"
    tagged 24
    ip address 10.20.99.12/24
    exit
    interface 24 name "edge 1"
    ip default-gateway 10.20.99.1
"""


@pytest.fixture
def switch(tmp_path: Path) -> Switch:
    return Switch(Plane(PROCURVE), tmp_path / "startup-config", PROCURVE)


@pytest.fixture
def session(switch: Switch) -> Session:
    return PROCURVE.session(switch)


def parsed(command: str, text: str) -> list[dict[str, Any]]:
    found = parse_output(platform="hp_procurve", command=command, data=text)
    assert found
    return list(found)


def test_what_it_prints_of_itself(session: Session) -> None:
    assert typed(session, BUILDING) == ""
    assert session.switch.config.render() == (
        'hostname "sw2"\n'
        'interface 24\n   name "edge 1"\n   exit\n'
        "ip default-gateway 10.20.99.1\n"
        'vlan 1\n   name "DEFAULT_VLAN"\n'
        "   no untagged 1-4,7\n   untagged 5-6,8-28\n   ip address dhcp-bootp\n   exit\n"
        'vlan 10\n   name "users"\n   untagged 1-4,7\n   tagged 24\n   no ip address\n   exit\n'
        'vlan 99\n   name "management"\n   tagged 24\n   ip address 10.20.99.12 255.255.255.0\n   exit'
    )


def test_a_port_without_tag_is_in_one_vlan_and_never_in_none(session: Session) -> None:
    typed(session, BUILDING)
    config = session.switch.config
    typed(session, "vlan 20 untagged 1")
    assert (config.port("1").access, "1" in config.members[10].untagged) == (20, False)
    typed(session, "vlan 20 tagged 1")
    assert config.port("1").trunk
    typed(session, "no vlan 20 tagged 1")
    assert (config.port("1").trunk, config.port("1").access) == (False, 1)
    typed(session, "vlan 1 no untagged 1")
    assert config.port("1").access == 1


def test_a_vlan_that_is_all_that_a_port_has_asks_before_it_goes(session: Session) -> None:
    typed(session, BUILDING)
    assert session.feed("no vlan 10") == ""
    assert session.prompt == (
        "The following ports will be moved to the default VLAN:\n1-4,7\nDo you want to continue?\n[y/n] "
    )
    assert (session.feed("n"), 10 in session.switch.config.vlans) == ("", True)
    typed(session, "no vlan 10\ny")
    assert 10 not in session.switch.config.vlans
    assert session.switch.config.port("7").access == 1
    assert typed(session, "vlan 20 tagged 24\nno vlan 20") == ""  # the port is in others: it does not ask
    assert not session.keyed


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("vlann 10", "Invalid input: vlann"),
        ("vlan 10 untaged 5", "Invalid input: untaged"),
        ("vlan", "Incomplete input: vlan"),
        ("s", "Ambiguous input: s"),
        ("vlan 10 untagged 99", "Module not present for port or invalid port: 99"),
        ("vlan 10 ip address 10.20.99.7/24", "The IP address (or subnet) 10.20.99.7/24 already exists."),
        ("vlan 10 ip address 10.20.99.7 255.0.255.0", "Invalid input: 255.0.255.0"),
        ("no vlan 1", "The default VLAN cannot be deleted."),
        ("interface 5 tagged vlan 77", "Invalid input: 77"),
    ],
)
def test_what_it_does_not_take(session: Session, line: str, answer: str) -> None:
    typed(session, BUILDING)
    before = session.switch.config.render()
    assert session.feed(line) == answer
    assert PROCURVE.refuses(answer)
    assert session.switch.config.render() == before


def test_modes_and_abbreviations(session: Session) -> None:
    prompts = []
    for line in ("conf", "vl 10", "exit", "int 1-4", "wr mem", "end", "exit"):
        session.feed(line)
        prompts.append(session.prompt.removeprefix("HP-2530-24G").strip())
    assert prompts == ["(config)#", "(vlan-10)#", "(config)#", "(eth-1-4)#", "(eth-1-4)#", "#", ">"]
    assert session.feed("configure") == "Invalid input: configure"
    session.feed("exit")
    assert session.closed


def test_what_is_saved_is_read_again(session: Session, switch: Switch) -> None:
    # An uplink that VLAN 1 lost: it is in no VLAN while the lines of VLAN 1 are read.
    typed(session, f"{BUILDING}vlan 1 no untagged 24\nvlan 1 no ip address\nend\nwrite memory")
    before = switch.config.render()
    assert session.feed("show config").endswith(before + "\n\n")
    switch.boot()
    assert switch.config.render() == before


def test_a_restart_is_scheduled_asked_for_and_called_off(session: Session, switch: Switch) -> None:
    assert session.feed("show reload after") == "No reload is scheduled."
    session.feed("reload after 5")
    assert "will be rebooted at the scheduled time" in session.prompt
    assert session.feed("n") == ""
    assert switch.pending is None
    assert "in 0 days, 0 hours, 5 minutes" in typed(session, "reload after 5\ny")
    assert session.feed("show reload after").startswith("Reload scheduled")
    assert typed(session, "no reload\nshow reload after") == "No reload is scheduled."


def test_it_starts_again_with_what_is_saved(session: Session, switch: Switch) -> None:
    typed(session, f"{BUILDING}end\nreload")
    assert session.feed("y") == ""
    assert session.prompt == "Do you want to save current configuration [y/n/^C]? "
    session.feed("n")
    assert (session.closed, switch.config.render()) == (True, PROCURVE.factory().render())


def test_its_outputs_are_what_ntc_templates_reads(session: Session) -> None:
    typed(session, BUILDING)
    vlans = parsed("show vlans", session.feed("show vlans"))
    assert [(row["vlan_id"], row["vlan_name"].strip(), row["jumbo"]) for row in vlans] == [
        ("1", "DEFAULT_VLAN", "No"),
        ("10", "users", "No"),
        ("99", "management", "No"),
    ]
    brief = {row["port"]: row for row in parsed("show interfaces brief", session.feed("show interfaces brief"))}
    assert (len(brief), brief["1"]["status"], brief["2"]["status"]) == (28, "Up", "Down")
    status = {row["port"]: row for row in parsed("show interfaces status", session.feed("show interfaces status"))}
    assert (status["24"]["name"], status["24"]["vlan_tagged"], status["1"]["vlan_untagged"]) == (
        "edge 1",
        "multi",
        "10",
    )
    (heard,) = parsed("show lldp info remote-device detail", session.feed("show lldp info remote-device detail"))
    assert (heard["local_interface"], heard["neighbor_name"], heard["capabilities"]) == ("28", "sw2", "bridge")
    macs = parsed("show mac-address", session.feed("show mac-address"))
    assert macs == [{"mac_address": "02000a-140a15", "port": "1", "vlan_id": "10"}]


def test_a_terminal_is_greeted_and_reads_page_by_page(tmp_path: Path) -> None:
    with PlayedSwitch(tmp_path, personality=PROCURVE) as played:

        async def talk() -> None:
            async with asyncssh.connect(
                "127.0.0.1", played.port, username="netadmin", password=played.PASSWORD, known_hosts=None, config=None
            ) as connection:
                process = await connection.create_process(term_type="vt100")

                async def until(text: str) -> str:
                    return str(await asyncio.wait_for(process.stdout.readuntil(text), 5))

                await until("Press any key to continue")
                process.stdin.write(" ")
                assert "\x1b[24;1H" in await until("HP-2530-24G# ")  # the escape codes of a terminal
                process.stdin.write("show interfaces brief\n")
                first = await until("-- MORE --, next page: Space, next line: Enter, quit: Control-C")
                assert "100/1000T" in first
                assert "  28 " not in first
                process.stdin.write(" ")
                assert "  28 " in await until("HP-2530-24G# ")
                process.stdin.write("no page\nshow interfaces brief\n")
                whole = await until("  28 ")
                assert "MORE" not in whole
                process.stdin.write("logout\n")
                await until("Do you want to log out [y/n]? ")
                process.stdin.write("y")  # one key: no Enter
                await until("Do you want to save current configuration [y/n/^C]? ")
                process.stdin.write("n")
                await asyncio.wait_for(process.wait_closed(), 5)

        asyncio.run(talk())
