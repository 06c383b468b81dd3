"""Which way leads to a switch, and how long it is tried."""

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException, ReadTimeout

from inventory.model import load
from inventory.secrets import Secret
from roles import lan
from roles.network.change import Target
from roles.network.connection import Device, NoAnswerError, connected
from roles.network.ios_session import IosSession
from roles.network.platforms import PLATFORMS
from roles.network.run import CHANGES, ERROR, run
from roles.network.way import _addresses, reached
from roles.played.switch.files.switch.procurve.personality import PROCURVE
from tests.made_up import secret_of
from tests.played import PlayedSwitch, typed

ADDRESS = """
    configure terminal
    interface Vlan99
    ip address 10.20.99.11 255.255.255.0
    end
"""
CLOSED = 9  # nobody listens there
RELAY = """
import os, socket, sys, threading
far = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def carry():
    while data := far.recv(4096):
        os.write(1, data)
threading.Thread(target=carry, daemon=True).start()
while data := os.read(0, 4096):
    far.sendall(data)
"""


@pytest.fixture
def played(tmp_path: Path) -> Iterator[PlayedSwitch]:
    with PlayedSwitch(tmp_path) as running:
        key = running.known_hosts.read_text().partition(" ")[2]
        running.known_hosts.write_text(f"sw1 {key}")
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
        addresses=("10.20.99.11",),
    )


@pytest.fixture
def target() -> Target:
    intended = lan.targets(load("lab"), secret_of)["sw1"]
    guard = intended.platform.guard
    assert guard is not None
    return replace(intended, platform=replace(intended.platform, guard=replace(guard, patience=1.0)), patience=0.0)


def leads(played: PlayedSwitch, **ports: int) -> None:
    """Where each name leads, by a command as in the lab and behind a bastion; underlines are dashes."""
    (played.folder / "relay.py").write_text(RELAY)
    played.ssh_config.write_text(
        "".join(
            f"Host {name.replace('_', '-')}\n    HostName sw1\n"
            f"    ProxyCommand {sys.executable} {played.folder}/relay.py {port}\n"
            for name, port in ports.items()
        )
    )


def test_a_command_leads_there_and_its_complaint_is_the_reason(played: PlayedSwitch, device: Device) -> None:
    leads(played, sw1=played.port)
    with connected(device) as connection:
        assert "Switch" in connection.find_prompt()
    played.ssh_config.write_text(
        "Host sw1\n    HostName sw1\n    ProxyCommand"
        """ sh -c 'echo "2026/11/27 09:00:00 socat[7] E connect(5, AF=2 10.20.99.11:22, 16): No route to host" >&2'\n"""
    )
    began = time.monotonic()
    with pytest.raises(NoAnswerError, match=r"^connect\(5, AF=2 10.20.99.11:22, 16\): No route to host$"):
        connected(device).__enter__()
    assert time.monotonic() - began < 3  # not until a banner is overdue


class Mute(IosSession):
    """A device that takes a login, and then says nothing."""

    def session_preparation(self) -> None:
        raise ReadTimeout("Pattern not detected: 'sw1#' in output: ''")


def test_who_falls_silent_after_the_login_does_not_answer(played: PlayedSwitch, device: Device) -> None:
    leads(played, sw1=played.port)
    mute = replace(device, platform=replace(device.platform, session=Mute))
    with pytest.raises(NoAnswerError):
        connected(mute).__enter__()


def test_a_bastion_leads_there(played: PlayedSwitch, device: Device) -> None:
    played.ssh_config.write_text("Host sw1\n    HostName 10.20.99.11\n    ProxyJump bastion\n")
    with pytest.raises(NoAnswerError, match=r"Could not resolve hostname bastion|bastion: "):
        connected(device).__enter__()


def test_a_network_that_has_just_changed_is_given_time(played: PlayedSwitch, device: Device) -> None:
    leads(played, sw1=CLOSED)
    back = threading.Timer(1.5, lambda: leads(played, sw1=played.port))
    back.start()
    with reached(replace(device, patience=20.0)) as way:
        assert (way.note, "Switch" in way.connection.find_prompt()) == ("", True)
    back.join()


def test_who_never_answers_is_given_up(played: PlayedSwitch, device: Device) -> None:
    leads(played, sw1=CLOSED, sw1_console=CLOSED)
    with pytest.raises(NoAnswerError, match=r"^no answer at 10.20.99.11, nor at its console \(.*refused"):
        reached(replace(device, console="sw1-console", patience=1.0)).__enter__()


@pytest.mark.parametrize("patience", [0.0, 60.0])
def test_who_refuses_us_is_not_asked_again(played: PlayedSwitch, device: Device, patience: float) -> None:
    leads(played, sw1=played.port)
    patient = replace(device, patience=patience)
    began = time.monotonic()
    other = asyncssh.generate_private_key("ssh-ed25519")
    stranger = replace(patient, identity=played.folder / "stranger", password=Secret("faux"))
    other.write_private_key(str(stranger.identity))
    with pytest.raises(NetmikoAuthenticationException):
        reached(stranger).__enter__()
    played.known_hosts.write_text(f"sw1 {other.export_public_key().decode()}")
    with pytest.raises(NetmikoTimeoutException, match="Host key for server"):
        reached(patient).__enter__()
    assert time.monotonic() - began < 15


def test_a_new_switch_is_configured_over_its_console(
    played: PlayedSwitch, device: Device, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    leads(played, sw1=CLOSED, sw1_console=played.port)
    patient = replace(device, console="sw1-console", patience=60.0)  # its word is enough: nobody waits
    assert run({"sw1": target}, {"sw1": patient}, only_plan=True) == CHANGES
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "sw1: no way through the network yet: its first configuration goes over its console"
    assert said[1].startswith("sw1: ")


def test_a_first_configuration_that_leads_nowhere_is_undone(
    played: PlayedSwitch, device: Device, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    leads(played, sw1=CLOSED, sw1_console=played.port)
    factory = replace(device, console="sw1-console")
    assert run({"sw1": target}, {"sw1": factory}) == ERROR
    said = capsys.readouterr().out
    assert "nobody gets in any more" in said
    assert "the device is as it was before" in said
    assert "interface Vlan99\n ip address" not in played.config


def test_a_switch_that_has_an_address_is_sent_nothing_over_its_console(
    played: PlayedSwitch, device: Device, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(played.switch.personality.session(played.switch), ADDRESS)
    before = played.config
    leads(played, sw1=CLOSED, sw1_console=played.port)
    cut = replace(device, console="sw1-console")
    assert run({"sw1": target}, {"sw1": cut}) == ERROR
    said = capsys.readouterr().out
    assert said.startswith(
        "sw1: FAILED: no answer through the network, though it has 10.20.99.11 in VLAN 99: see the way to it ("
    )
    assert played.config == before
    with reached(replace(cut, by_console=True)) as way:
        assert way.note == "over its console, as asked"
    with pytest.raises(NoAnswerError, match="the inventory has no console of it"):
        reached(replace(device, by_console=True)).__enter__()


def test_a_switch_that_moves_is_reached_where_it_still_is(played: PlayedSwitch, device: Device) -> None:
    leads(played, sw1=CLOSED, sw1_formerly_1=CLOSED, sw1_formerly_2=played.port)
    with reached(replace(device, formerly=("sw1-formerly-1", "sw1-formerly-2"))) as way:
        assert way.note == "at an address that it had before"


def test_an_address_that_is_to_come_by_dhcp_is_none() -> None:
    assert _addresses(PLATFORMS["hp_procurve"], PROCURVE.factory().render()) == []
