"""A session with a device, reached as the generated ssh_config says. An unknown host key is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from netmiko import BaseConnection

from inventory.secrets import Secret
from roles.network.platform import Platform

USER = "netadmin"


@dataclass(frozen=True)
class Device:
    """How to reach one device."""

    name: str  # in ssh_config
    platform: Platform
    ssh_config: Path
    known_hosts: Path
    identity: Path
    password: Secret  # where the device does not know our key


@contextmanager
def connected(device: Device) -> Iterator[BaseConnection]:
    """A session in privileged mode, in which `show` prints without pages."""
    connection = device.platform.session(
        device_type=device.platform.netmiko,
        host=device.name,
        username=USER,
        password=device.password.reveal(),
        secret=device.password.reveal(),
        key_file=str(device.identity),
        use_keys=False,  # that key, and none that lies about
        allow_agent=False,
        ssh_config_file=str(device.ssh_config),
        ssh_strict=True,
        system_host_keys=False,
        alt_host_keys=True,
        alt_key_file=str(device.known_hosts),
        conn_timeout=15,
    )
    try:
        if not connection.check_enable_mode():
            connection.enable()
        yield connection
    finally:
        connection.disconnect()
