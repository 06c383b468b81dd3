"""Who may read a switch over SNMP, on each platform over SSH: made once, then seen; with other secrets, another one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.secrets import Secret
from roles.network.change import Target, apply
from roles.network.cisco_ios import snmp_users
from roles.network.connection import Device, connected
from roles.network.listening import Listening
from roles.network.platforms import PLATFORMS
from roles.network.scrub import scrubbed
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.personality import Personality
from roles.played.switch.files.switch.procurve.personality import PROCURVE
from roles.played.switch.files.switch.vrp.personality import VRP
from tests.played import PlayedSwitch, typed

ADDRESSED = {  # a switch that is in use, and saved
    "cisco_ios": "conf t\narchive\npath flash:x\nend\nwrite memory",
    "huawei_vrp": "system-view\nsnmp-agent sys-info version v2c\nreturn\nsave\ny\nvrpcfg.zip",
    "hp_procurve": "configure\nno snmp-server community public\nend\nwrite memory",
}
INTENDED = {
    "cisco_ios": """\
archive
 path flash:x
ip access-list standard READERS
 permit 10.10.10.10
snmp-server view SUPERVISION iso included
snmp-server group SUPERVISION v3 priv read SUPERVISION access READERS
snmp-server user supervision-{0} SUPERVISION v3 auth sha {1} priv aes 128 {1} access READERS
""",
    "huawei_vrp": """\
acl number 2097
 rule 5 permit source 10.10.10.10 0
 rule 1000 deny
snmp-agent
snmp-agent sys-info version v3
snmp-agent mib-view included supervision iso
snmp-agent group v3 supervision privacy read-view supervision acl 2097
snmp-agent usm-user v3 supervision-{0} group supervision
snmp-agent usm-user v3 supervision-{0} authentication-mode sha cipher {1}
snmp-agent usm-user v3 supervision-{0} privacy-mode aes128 cipher {1}
""",
    "hp_procurve": """\
snmpv3 enable
snmpv3 only
snmpv3 user "supervision-{0}" auth sha "{1}" priv aes "{1}"
snmpv3 group operatorauth user "supervision-{0}" sec-model ver3
""",
}
FIRST, OTHER = "first-of-two-words", "other-of-two-words"  # not-a-secret: of switches that live as long as one test


@pytest.fixture(params=[IOS, VRP, PROCURVE], ids=lambda personality: personality.name)
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlayedSwitch]:
    personality: Personality = request.param
    with PlayedSwitch(tmp_path, personality=personality) as running:
        typed(personality.session(running.switch), ADDRESSED[personality.name])
        assert running.switch.saved
        yield running


@pytest.fixture
def device(played: PlayedSwitch) -> Device:
    return Device(
        name="sw1",
        platform=PLATFORMS[played.switch.personality.name],
        ssh_config=played.ssh_config,
        known_hosts=played.known_hosts,
        identity=played.identity,
        password=Secret(PlayedSwitch.PASSWORD),
    )


def target(device: Device, digits: str, secret: str) -> Target:
    text = INTENDED[device.platform.name].format(digits, secret)
    return Target(device.platform, text, lambda _show: [], patience=0.0)


def test_made_once_then_seen(device: Device) -> None:
    with connected(device) as connection:
        first = apply(connection, target(device, "1a1a1a", FIRST))
        second = apply(connection, target(device, "1a1a1a", FIRST))
    assert any("supervision-1a1a1a" in line for line in first.lines)
    assert FIRST not in " ".join(first.lines)
    assert not second.changed


def test_other_secrets_are_another_user(device: Device, played: PlayedSwitch) -> None:
    with connected(device) as connection:
        apply(connection, target(device, "1a1a1a", FIRST))
        change = apply(connection, target(device, "2b2b2b", OTHER))
        again = apply(connection, target(device, "2b2b2b", OTHER))
    comes = next(i for i, line in enumerate(change.lines) if "supervision-2b2b2b" in line)
    goes = next(i for i, line in enumerate(change.lines) if "supervision-1a1a1a" in line)
    assert comes < goes
    assert not again.changed
    saved = played.switch.saved or ""
    assert "supervision-2b2b2b" in saved
    assert "supervision-1a1a1a" not in saved


def test_the_user_outlives_a_restart(device: Device, played: PlayedSwitch) -> None:
    wanted = target(device, "1a1a1a", FIRST)
    with connected(device) as connection:
        apply(connection, wanted)
        played.switch.boot()
        assert not apply(connection, wanted).changed


def test_history_keeps_the_user_and_no_secret(device: Device) -> None:
    wanted = target(device, "1a1a1a", FIRST)
    with connected(device) as connection:
        heard = Listening(connection, device.platform)
        apply(heard, wanted)  # type: ignore[arg-type]  # it stands for the session, as in run.py
    kept = scrubbed(heard.configuration)
    assert "supervision-1a1a1a" in kept
    assert FIRST not in kept
    assert "initial" not in kept


def test_a_user_that_several_engines_know_is_one() -> None:
    # As IOS prints it: a tab, and the access list where there is one.
    block = (
        "User name: {}\nEngine ID: {}\nstorage-type: nonvolatile\t active{}\n"
        "Authentication Protocol: {}\nPrivacy Protocol: {}\nGroup-name: ops\n"
    )
    text = "\n".join(
        [
            block.format("nms", "800000090300000944D34800", "\taccess-list: 69", "SHA", "AES128"),
            block.format("nms", "00000063000100A20A2009E0", "\taccess-list: 69", "SHA", "AES128"),
            block.format("old", "800000090300000944D34800", "", "MD5", "DES"),
            block.format("open", "800000090300000944D34800", "", "MD5", "None"),
        ]
    )
    assert snmp_users(text) == [
        "snmp-server user nms ops v3 auth sha *** priv aes 128 *** access 69",
        "snmp-server user old ops v3 auth md5 *** priv des ***",
    ]
