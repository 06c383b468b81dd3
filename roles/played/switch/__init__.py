"""An access switch, played on a Debian machine: the command line of its platform in front of Open vSwitch."""

from pathlib import Path

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration
from inventory.secrets import Secret, secrets_of
from roles.common import config_file, copied_file, secret_file, service

PACKAGES = ["openvswitch-switch", "python3-asyncssh", "ethtool"]
FILES = Path(__file__).parent / "files"
UNIT = "/etc/systemd/system/switch-cli.service"
SSHD = "/etc/ssh/sshd_config.d/chassis.conf"


@deploy("Switch: played")
def switch(administration: Administration, name: str) -> None:
    """Ensure that this machine is a switch: as it leaves the factory, then as its startup configuration says.

    The machine's network interfaces (gi1-0-1 … gi1-0-24 of a Cisco) are its ports.
    """
    environment = administration.environment
    platform = administration.switches[name].entry.platform
    password, enable = (secrets_of(environment).get(f"device-{name}", key) for key in ("password", "enable"))
    host_key = environment.state / "keys" / "hosts" / f"{name}-cli"
    authorized_keys = environment.reach.identity.expanduser().with_suffix(".pub")

    service(name="switch: Open vSwitch runs", unit="openvswitch-switch.service")
    copied_file(name="switch: the machine's own ssh", source=FILES / "chassis.conf", path=SSHD)
    service(name="switch: the machine's own ssh leaves room", unit="ssh.service", watches=[SSHD])

    code = sorted(path.relative_to(FILES) for path in FILES.glob("switch/**/*.py"))
    for package in host.loop(sorted({path.parent for path in code})):
        files.directory(name=f"switch: folder of the command line: {package}", path=f"/opt/switch/{package}")
    for path in host.loop(code):
        copied_file(name=f"switch: {path}", source=FILES / path, path=f"/opt/switch/{path}")
    config_file(name="switch: unit", template="played/switch-cli.service.j2", path=UNIT, platform=platform)
    files.directory(name="switch: settings", path="/etc/switch", mode="700")
    secret_file(name="switch: host key", content=Secret(host_key.read_text()), path="/etc/switch/host_key")
    secret_file(name="switch: credentials", content=password, form="netadmin:{}\n", path="/etc/switch/credentials")
    secret_file(name="switch: enable secret", content=enable, form="{}\n", path="/etc/switch/enable")
    secret_file(
        name="switch: authorized keys", content=Secret(authorized_keys.read_text()), path="/etc/switch/authorized_keys"
    )
    service(
        name="switch: the command line runs with its present code",
        unit="switch-cli.service",
        watches=[UNIT, "/opt/switch", "/etc/switch/host_key", "/etc/switch/enable"],
    )
