"""A user's machine: what it takes to get a ticket, reach a share, read mail and look at names."""

from pyinfra.api import deploy

from inventory.model import Administration, Machine
from roles.common import Port, config_file, packages
from roles.common.health import Health

PACKAGES = [
    "bind9-dnsutils",
    "curl",
    "krb5-user",
    "ldb-tools",
    "openssl",
    "python3",
    "python3-dkim",
    "python3-dnspython",
    "python3-nacl",
    "samba-dsdb-modules",
    "smbclient",
]
BROWSER = ["chromium-headless-shell", "libnss3-tools"]
CALENDARS = ["vdirsyncer"]
OPEN_PORTS: list[Port] = []  # nobody connects to a workstation
HEALTH = Health()


@deploy("Workstation")
def workstation(administration: Administration, machine: Machine) -> None:
    """The programs that journeys use, and the realm that they log in to. One desk has a browser: it is large."""
    packages(name="workstation: packages", names=PACKAGES)
    if machine.name == administration.environment.journeys_from:
        packages(name="workstation: browser", names=BROWSER)
        packages(name="workstation: program of calendars", names=CALENDARS)
    config_file(
        name="workstation: Kerberos",
        template="common/krb5.conf.j2",
        path="/etc/krb5.conf",
        role="workstation",
        platform=administration.platform,
        controllers=administration.running("directory"),
    )
