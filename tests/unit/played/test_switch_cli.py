"""The command line by itself: modes, abbreviations, refusals, and a startup configuration that survives."""

import stat

import pytest

from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from tests.played import typed

ACCESS = """
    configure terminal
    hostname sw1
    vlan 10
    name users
    interface GigabitEthernet1/0/1
    switchport mode access
    switchport access vlan 10
    end
"""


def test_prompts_follow_the_modes(session: Session) -> None:
    prompts = []
    for line in ("conf t", "vlan 10", "int gi1/0/1", "exit", "line vty 0 4", "end", "disable", "enable"):
        session.feed(line)
        prompts.append(session.prompt)
    assert prompts == [
        "Switch(config)#",
        "Switch(config-vlan)#",
        "Switch(config-if)#",
        "Switch(config)#",
        "Switch(config-line)#",
        "Switch#",
        "Switch>",
        "Switch#",
    ]


def test_a_factory_switch_has_every_port_in_vlan_1(session: Session) -> None:
    running = session.feed("show running-config")
    assert "hostname Switch" in running
    assert running.count("\ninterface GigabitEthernet1/0/") == 24
    assert "switchport" not in running


def test_running_configuration(session: Session) -> None:
    typed(session, ACCESS)
    running = session.feed("show running-config")
    assert "hostname sw1\n!\nvlan 10\n name users\n!" in running
    assert "interface GigabitEthernet1/0/1\n switchport mode access\n switchport access vlan 10\n!" in running
    assert running.endswith("end\n")


def test_a_value_replaces_the_one_before_it_and_no_removes_it(session: Session) -> None:
    typed(session, "conf t\nint gi1/0/1\ndescription a b\ndescription c")
    assert session.feed("do show run int gi1/0/1").count("description") == 1
    session.feed("no description")
    assert "description" not in session.feed("do show run int gi1/0/1")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("show vlan breif", "% Invalid input detected at '^' marker."),
        ("show", "% Incomplete command."),
        ("show interfaces s", '% Ambiguous command:  "show interfaces s"'),
        ("reload", "% Invalid input detected at '^' marker."),
    ],
)
def test_refusals(session: Session, line: str, answer: str) -> None:
    assert answer in session.feed(line)


def test_the_marker_points_at_the_word(session: Session) -> None:
    pointer = session.feed("show vlan breif").splitlines()[0]
    assert pointer.index("^") == len("Switch#") + len("show vlan ")


def test_a_global_command_is_taken_from_within_a_section(session: Session) -> None:
    typed(session, "conf t\ninterface gi1/0/1\nvlan 20\nname voice")
    assert session.switch.config.vlans[20] == "voice"


@pytest.mark.parametrize(
    ("lines", "allowed"),
    [
        ("10,20-22", "10,20-22"),
        ("10,20\nadd 30", "10,20,30"),
        ("10,20,30\nremove 20", "10,30"),
        ("none", "none"),
        ("none\nall", None),
        ("10\nadd 11-12", "10-12"),
    ],
)
def test_allowed_vlans_are_sets(session: Session, lines: str, allowed: str | None) -> None:
    typed(session, "conf t\nint gi1/0/24")
    for line in lines.splitlines():
        session.feed(f"switchport trunk allowed vlan {line}")
    assert session.switch.config.value("interface GigabitEthernet1/0/24", "switchport trunk allowed vlan") == allowed


def test_no_allowed_vlan_list_means_all(session: Session) -> None:
    typed(session, "conf t\nint gi1/0/24\nswitchport trunk allowed vlan 10\nno switchport trunk allowed vlan 10")
    assert len(session.switch.config.port("GigabitEthernet1/0/24").allowed) == 4094


def test_an_access_vlan_that_does_not_exist_is_created(session: Session) -> None:
    answer = typed(session, "conf t\nint gi1/0/1\nswitchport access vlan 33")
    assert "% Access VLAN does not exist. Creating vlan 33" in answer
    assert 33 in session.switch.config.vlans


def test_vlan_1_stays(session: Session) -> None:
    assert "may not be deleted" in typed(session, "conf t\nno vlan 1")


def test_user_mode_does_not_show_the_configuration(switch: Switch) -> None:
    session = Session(switch, privileged=False)
    assert "% Invalid input" in session.feed("show running-config")
    assert "% Invalid input" in session.feed("configure terminal")
    assert "Cisco IOS Software" in session.feed("show version")


@pytest.mark.parametrize("save", ["write memory", "wr", "copy running-config startup-config\n"])
def test_what_is_saved_is_there_at_the_next_start(session: Session, switch: Switch, save: str) -> None:
    typed(session, ACCESS)
    for line in save.split("\n"):
        answer = session.feed(line)
    assert "[OK]" in answer
    assert stat.S_IMODE(switch.startup.stat().st_mode) == 0o600

    after = Switch(switch.plane, switch.startup, IOS)
    after.boot()
    assert after.config.render() == switch.config.render()


def test_what_is_not_saved_is_lost_at_the_next_start(session: Session, switch: Switch) -> None:
    typed(session, ACCESS)
    assert session.feed("show startup-config") == "startup-config is not present"
    after = Switch(switch.plane, switch.startup, IOS)
    after.boot()
    assert after.config.hostname == "Switch"


def test_a_filter_on_show(session: Session) -> None:
    typed(session, ACCESS)
    assert session.feed("show running-config | include hostname") == "hostname sw1"
    assert session.feed("show running-config | begin ^end") == "end"


def test_each_line_of_configuration_reaches_the_data_plane(session: Session) -> None:
    typed(session, "show version\nconf t\nvlan 10\nend")
    assert session.switch.plane.applied == 2  # `vlan 10` and `end`


def test_an_entry_less_is_a_numbered_list_less(session: Session) -> None:
    typed(session, "configure terminal\naccess-list 98 permit 10.1.1.1\naccess-list 98 permit 10.1.1.2")
    typed(session, "no access-list 98 permit 10.1.1.1\nend")
    assert "access-list 98" not in session.feed("show running-config")


def test_a_named_list_loses_one_entry(session: Session) -> None:
    typed(session, "configure terminal\nip access-list standard BASTIONS\npermit 10.1.1.1\npermit 10.1.1.2")
    typed(session, "no permit 10.1.1.1\nend")
    assert "ip access-list standard BASTIONS\n permit 10.1.1.2\n!" in session.feed("show running-config")
