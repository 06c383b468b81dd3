"""The switch over real SSH on loopback, with the client that the product uses."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from netmiko import ConnectHandler, NetmikoAuthenticationException

from tests.played import PlayedSwitch


@pytest.fixture
def played(tmp_path: Path) -> Iterator[PlayedSwitch]:
    with PlayedSwitch(tmp_path) as running:
        yield running


def connect(played: PlayedSwitch, **arguments: object) -> ConnectHandler:
    options = {"use_keys": False, "username": "netadmin", "password": PlayedSwitch.PASSWORD} | arguments
    return ConnectHandler(device_type="cisco_ios", host="127.0.0.1", port=played.port, **options)


def test_netmiko_configures_and_saves(played: PlayedSwitch) -> None:
    with connect(played) as connection:
        connection.send_config_set(["hostname sw1", "vlan 10", "name users"], error_pattern=r"^%")
        connection.set_base_prompt()
        assert "[OK]" in connection.save_config()
        assert " name users" in connection.send_command("show startup-config")


def test_a_wrong_password_is_refused(played: PlayedSwitch) -> None:
    with pytest.raises(NetmikoAuthenticationException):
        connect(played, password="wrong")


def test_one_command_with_a_key(played: PlayedSwitch) -> None:
    played.identity.chmod(0o600)
    ssh = [
        *("ssh", "-i", str(played.identity), "-p", str(played.port), "-o", "BatchMode=yes"),
        *("-o", f"UserKnownHostsFile={played.known_hosts}", "netadmin@127.0.0.1"),
    ]
    good = subprocess.run([*ssh, "show vlan brief"], capture_output=True, text=True, check=False)
    bad = subprocess.run([*ssh, "show nothing"], capture_output=True, text=True, check=False)
    assert (good.returncode, bad.returncode) == (0, 1)
    assert "default" in good.stdout
