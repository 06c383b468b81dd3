"""A session waits for what a device says: no longer, and not less. Its host key is the only one that it reads."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncssh
import paramiko
import pytest
from netmiko.exceptions import NetmikoTimeoutException, ReadException, ReadTimeout

from inventory.secrets import Secret
from roles.network.connection import Device, connected
from roles.network.kept import Kept
from roles.network.known import Client
from roles.network.platforms import PLATFORMS
from roles.network.way import reached
from tests.played import PlayedSwitch


@pytest.fixture
def played(tmp_path: Path) -> Iterator[PlayedSwitch]:
    with PlayedSwitch(tmp_path) as running:
        yield running


@pytest.fixture
def device(played: PlayedSwitch) -> Device:
    return Device(
        name="sw1",
        platform=PLATFORMS["cisco_ios"],
        ssh_config=played.ssh_config,
        known_hosts=played.known_hosts,
        identity=played.identity,
        password=Secret(PlayedSwitch.PASSWORD),
    )


def test_an_answer_is_whole_and_nothing_of_it_is_left_for_the_next(device: Device, played: PlayedSwitch) -> None:
    with connected(device) as connection:
        first = connection.send_command("show running-config")
        assert [connection.send_command("show running-config") for _ in range(3)] == [first] * 3
        assert connection.send_command("show vlan brief | include nothing").strip() == ""
        assert played.config.strip() in first


def test_a_name_that_changes_is_the_prompt_from_then_on(device: Device) -> None:
    with connected(device) as connection:
        said = connection.send_config_set(["hostname another", "vlan 10", "name users"])
        assert "another(config-vlan)#" in said
        connection.set_base_prompt()
        assert connection.base_prompt == "another"
        assert "users" in connection.send_command("show vlan brief")


def test_a_line_that_is_refused_ends_what_is_sent(device: Device, played: PlayedSwitch) -> None:
    with connected(device) as connection:
        with pytest.raises(Exception, match="Invalid input detected at command: vlan one, matched error: % Invalid"):
            connection.send_config_set(["vlan 10", "vlan one", "vlan 20"], error_pattern="^%.*$")
        assert connection.check_config_mode()
        connection.exit_config_mode()
        assert not connection.check_config_mode()
    assert set(played.switch.config.vlans) == {1, 10}


def test_silence_ends_with_the_patience_and_quotes_what_was_heard(device: Device) -> None:
    with connected(device) as connection:
        began = time.monotonic()
        with pytest.raises(ReadTimeout, match="Pattern not detected: 'never'"):
            connection.read_until_pattern("never", read_timeout=0.2)
        assert 0.2 <= time.monotonic() - began < 5


def test_a_session_that_ends_is_known_at_once(device: Device, played: PlayedSwitch) -> None:
    with connected(device) as connection:
        for cut in list(played.switch.sessions):
            cut()
        began = time.monotonic()
        with pytest.raises((ReadException, OSError)):
            connection.send_command("show clock", read_timeout=60)
        assert time.monotonic() - began < 20


def test_an_accent_or_a_line_end_that_is_cut_in_two_is_one(device: Device) -> None:
    with connected(device) as connection:
        parts = iter([b"b\xc3", b"\xa2timent\r", b"\nsw1#"])

        class Channel(paramiko.Channel):
            def __init__(self) -> None: ...

            def __del__(self) -> None: ...

            def settimeout(self, _seconds: float) -> None: ...

            def recv_ready(self) -> bool:
                return False

            def recv(self, _size: int) -> bytes:
                return next(parts)

        channel, connection.remote_conn = connection.remote_conn, Channel()
        try:
            assert connection.read_until_pattern("#") == "bâtiment\nsw1#"
        finally:
            connection.remote_conn = channel


def test_keys_of_other_hosts_are_not_read_and_another_key_is_refused(device: Device, played: PlayedSwitch) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    mine = played.known_hosts.read_text()
    played.known_hosts.write_text(f"# a comment\n10.1.1.1,[127.0.0.1]:9 {other}\nnot a line at all\n{mine}")
    with connected(device) as connection:
        assert isinstance(connection.remote_conn_pre, Client)
        assert list(connection.remote_conn_pre.get_host_keys()) == [f"[127.0.0.1]:{played.port}"]
    played.known_hosts.write_text(f"[127.0.0.1]:{played.port} {other}\n")
    with pytest.raises(NetmikoTimeoutException, match="does not match"), connected(device):
        pass
    played.known_hosts.write_text(f"10.1.1.1 {other}\n")
    with pytest.raises(NetmikoTimeoutException, match="not found in known_hosts"), connected(device):
        pass


def test_a_session_is_kept_for_the_next_and_one_that_died_is_opened_anew(device: Device, played: PlayedSwitch) -> None:
    with closing(Kept()) as kept:
        seen = []
        for cut_before in (False, False, True):
            if cut_before:
                for cut in list(played.switch.sessions):
                    cut()
            with kept.session("sw1", lambda: reached(device)) as (way, session):
                way.connection.send_command("show vlan brief")
                seen.append(way.connection)
                kept.keep("sw1", way, session)
        assert seen[0] is seen[1]
        assert seen[1] is not seen[2]
        assert seen[2].is_alive()
    assert not seen[2].is_alive()


def test_a_session_that_fails_is_not_kept(device: Device) -> None:
    with closing(Kept()) as kept:
        with pytest.raises(ZeroDivisionError), kept.session("sw1", lambda: reached(device)) as (way, _):
            raise ZeroDivisionError
        assert not way.connection.is_alive()
        with kept.session("sw1", lambda: reached(device)) as (again, _):
            assert again is not way
