"""An access switch, played on a Debian machine: an IOS-like command line in front of Open vSwitch."""

from pathlib import Path

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import apt, files

from inventory.secrets import Secret
from roles.common import secret_file, service

FILES = Path(__file__).parent / "files"
UNIT = "/etc/systemd/system/switch-cli.service"
USER = "netadmin"


@deploy("Switch: played")
def switch(password: Secret, host_key: Secret, authorized_keys: str) -> None:
    """Make this machine a switch as it leaves the factory, or leave it as its startup configuration says.

    The machine's network interfaces gi1-0-1 … gi1-0-24 are its ports. `host_key` is an OpenSSH private key.
    """
    apt.packages(
        name="switch: packages",
        packages=["openvswitch-switch", "python3-asyncssh"],
        no_recommends=True,
    )
    service(name="switch: Open vSwitch runs", unit="openvswitch-switch.service")
    for source in host.loop(sorted(FILES.glob("switch/*.py"))):
        files.put(name=f"switch: {source.name}", src=str(source), dest=f"/opt/switch/switch/{source.name}", mode="644")
    files.put(name="switch: unit", src=str(FILES / "switch-cli.service"), dest=UNIT, mode="644")
    files.directory(name="switch: /etc/switch", path="/etc/switch", mode="700")
    secret_file(name="switch: host key", content=host_key, path="/etc/switch/host_key")
    secret_file(
        name="switch: credentials",
        content=Secret(f"{USER}:{password.reveal()}\n"),
        path="/etc/switch/credentials",
    )
    secret_file(name="switch: authorized keys", content=authorized_keys, path="/etc/switch/authorized_keys")
    service(
        name="switch: the command line runs with its present code",
        unit="switch-cli.service",
        watches=[UNIT, "/opt/switch", "/etc/switch/host_key"],
    )
