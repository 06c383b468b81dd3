"""The enable secret: who comes with a password begins without privileges, and gets them for the secret alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inventory.secrets import Secret
from roles.network.connection import Device, connected
from roles.network.platforms import PLATFORMS
from roles.played.switch.files.switch.personalities import PERSONALITIES
from tests.played import PlayedSwitch, typed

ENABLE = "Secret-2"  # not-a-secret: of a switch that lives as long as one test
KNOWN = ("cisco_ios", "hp_procurve")  # VRP has no such secret: what one may is a user's own


@pytest.fixture(params=KNOWN)
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlayedSwitch]:
    with PlayedSwitch(tmp_path, personality=PERSONALITIES[request.param]) as running:
        running.switch.enable = ENABLE
        yield running


@pytest.fixture
def device(played: PlayedSwitch) -> Device:
    """Without a key that anybody could read, so that the password is what is left."""
    no_key = played.folder / "no-key"
    no_key.write_text("none")
    files = (played.ssh_config, played.known_hosts, no_key)
    platform = PLATFORMS[played.switch.personality.name]
    return Device("sw1", platform, *files, Secret(PlayedSwitch.PASSWORD), enable=Secret(ENABLE))


def test_who_knows_it_configures(device: Device) -> None:
    with connected(device) as connection:
        assert connection.check_enable_mode()
        connection.send_config_set(["vlan 30"])
        assert "vlan 30" in str(connection.send_command("show running-config"))


@pytest.mark.parametrize("played", ["hp_procurve"], indirect=True)  # on IOS netmiko waits 20 seconds before it says so
def test_who_does_not_know_it_stays_outside(device: Device) -> None:
    with pytest.raises(ValueError, match=r"[Ff]ailed to enter enable mode"), connected(replace(device, enable=None)):
        pass


def test_a_key_of_ours_needs_none(played: PlayedSwitch, device: Device) -> None:
    with connected(replace(device, identity=played.identity, enable=None)) as connection:
        assert connection.check_enable_mode()


def test_three_times_wrong_on_ios(tmp_path: Path) -> None:
    played = PlayedSwitch(tmp_path)
    played.switch.enable = ENABLE
    session = played.switch.personality.session(played.switch, privileged=False)
    assert typed(session, "enable\nno\nstill no") == ""
    assert session.prompt == "Password: "
    assert session.feed("never") == "% Bad secrets\n"
    assert session.prompt == "Switch>"
    typed(session, f"enable\n{ENABLE}")
    assert session.prompt == "Switch#"
