"""Tables are read as ntc-templates reads them: the same template, the same rows."""

import pytest
from ntc_templates.parse import parse_output
from textfsm import TextFSMError

from roles.network.tables import rows
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from tests.played import Plane

COMMANDS = ("show vlan brief", "show interfaces switchport", "show mac address-table", "show interfaces status")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_rows_as_its_own_lookup(command: str, tmp_path) -> None:
    answer = IOS.session(Switch(Plane(), tmp_path / "startup-config", IOS)).feed(command)
    expected = parse_output(platform="cisco_ios", command=command, data=answer)
    assert expected
    assert [rows("cisco_ios", command, answer) for _ in range(2)] == [expected] * 2


def test_a_command_without_a_template_is_named() -> None:
    with pytest.raises(KeyError, match="no template for `show nothing` of cisco_ios"):
        rows("cisco_ios", "show nothing", "")


def test_what_a_template_does_not_know_is_refused_and_spoils_no_later_answer() -> None:
    good = "VLAN Name   Status    Ports\n---- ------ --------- -----\n10   users  active\n"
    for _ in range(2):
        with pytest.raises(TextFSMError):
            rows("cisco_ios", "show vlan brief", f"{good}what is this\n")
        assert [row["vlan_name"] for row in rows("cisco_ios", "show vlan brief", good)] == ["users"]
