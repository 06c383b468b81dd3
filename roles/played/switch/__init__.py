"""An access switch, played on a Debian machine: an IOS-like command line in front of Open vSwitch."""

from pathlib import Path

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration
from inventory.secrets import Secret, secrets_of
from roles.common import secret_file, service

PACKAGES = ["openvswitch-switch", "python3-asyncssh"]
FILES = Path(__file__).parent / "files"
UNIT = "/etc/systemd/system/switch-cli.service"
SSHD = "/etc/ssh/sshd_config.d/chassis.conf"


@deploy("Switch: played")
def switch(administration: Administration, name: str) -> None:
    """Ensure that this machine is a switch: as it leaves the factory, then as its startup configuration says.

    The machine's network interfaces gi1-0-1 … gi1-0-24 are its ports.
    """
    environment = administration.environment
    password = secrets_of(environment).get(f"device-{name}", "password").reveal()
    host_key = environment.state / "keys" / "hosts" / f"{name}-cli"
    authorized_keys = environment.reach.identity.expanduser().with_suffix(".pub")

    service(name="switch: Open vSwitch runs", unit="openvswitch-switch.service")
    files.put(name="switch: the machine's own ssh", src=str(FILES / "chassis.conf"), dest=SSHD, mode="644")
    service(name="switch: the machine's own ssh leaves room", unit="ssh.service", watches=[SSHD])

    for source in host.loop(sorted(FILES.glob("switch/*.py"))):
        files.put(name=f"switch: {source.name}", src=str(source), dest=f"/opt/switch/switch/{source.name}", mode="644")
    files.put(name="switch: unit", src=str(FILES / "switch-cli.service"), dest=UNIT, mode="644")
    files.directory(name="switch: settings", path="/etc/switch", mode="700")
    secret_file(name="switch: host key", content=Secret(host_key.read_text()), path="/etc/switch/host_key")
    secret_file(name="switch: credentials", content=Secret(f"netadmin:{password}\n"), path="/etc/switch/credentials")
    secret_file(name="switch: authorized keys", content=authorized_keys.read_text(), path="/etc/switch/authorized_keys")
    service(
        name="switch: the command line runs with its present code",
        unit="switch-cli.service",
        watches=[UNIT, "/opt/switch", "/etc/switch/host_key"],
    )
