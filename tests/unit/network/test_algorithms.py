"""A device whose SSH has only SHA-1 is refused in one line, unless the inventory names it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from netmiko.exceptions import NetmikoTimeoutException
from paramiko import Transport

from inventory.hosts import ssh_config
from inventory.model import load
from inventory.secrets import Secret
from roles.network.algorithms import SHA1, disabled
from roles.network.connection import Device, connected
from roles.network.platforms import PLATFORMS
from roles.played.switch.files.switch import server
from tests.played import PlayedSwitch

OLDEST = {
    "kex_algs": ["diffie-hellman-group14-sha1"],
    "encryption_algs": ["aes128-cbc"],
    "mac_algs": ["hmac-sha1"],
}


@pytest.fixture(params=["kex_algs", "host key", "encryption_algs", "mac_algs", "all of it"])
def old(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    """A switch that is old in one respect, or in all of them, and the session that we would have with it."""
    options = {kind: names for kind, names in OLDEST.items() if request.param in (kind, "all of it")}
    key, create = asyncssh.generate_private_key("ssh-rsa"), asyncssh.create_server
    if request.param in ("host key", "all of it"):
        monkeypatch.setattr(key, "sig_algorithms", (b"ssh-rsa",))

    async def create_old(*arguments: Any, **given: Any) -> asyncssh.SSHAcceptor:
        return await create(*arguments, **given | {"server_host_keys": [key]} | options)

    monkeypatch.setattr(server.asyncssh, "create_server", create_old)
    with PlayedSwitch(tmp_path) as played:
        played.trust(key)
        files = (played.ssh_config, played.known_hosts, played.identity)
        yield Device("sw1", PLATFORMS["cisco_ios"], *files, Secret(PlayedSwitch.PASSWORD))


def test_it_is_refused_and_told_what_to_write(old: Device) -> None:
    told = "^sw1 only speaks SSH with SHA-1: if it cannot be upgraded, write `ssh: sha1` under it in its site's file$"
    with pytest.raises(NetmikoTimeoutException, match=told), connected(old):
        pass


def test_it_is_reached_where_the_inventory_says_so(old: Device) -> None:
    with connected(replace(old, sha1=True)) as connection:
        assert "hostname Switch" in str(connection.send_command("show running-config"))


def test_nothing_of_it_is_offered_to_others() -> None:
    refused = disabled(sha1=False)
    assert all(set(refused[kind]) >= set(names) for kind, names in SHA1.items())
    everything = (*Transport._preferred_kex, *Transport._preferred_keys, *Transport._preferred_macs)
    left = set(everything).difference(*refused.values())
    assert [name for name in left if "sha1" in name or name == "ssh-rsa" or "md5" in name] == []
    assert len(left) > 10


def test_the_ssh_of_people_admits_it_for_that_device_alone() -> None:
    administration = load("lab")
    assert "sha1" not in ssh_config(administration)
    name, switch = next(iter(administration.switches.items()))
    entry = switch.entry.model_copy(update={"ssh": "sha1"})
    administration.switches[name] = replace(switch, entry=entry)
    blocks = ssh_config(administration).split("Host ")
    named = [block.split()[0] for block in blocks if "diffie-hellman-group14-sha1" in block]
    assert named == [name, f"{name}-console"]
