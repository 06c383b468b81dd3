"""How mail servers elsewhere prove who they are: DANE where they have it, else their MTA-STS policy."""

from pathlib import Path

from pyinfra import host
from pyinfra.operations import files

from inventory.model import Administration
from roles.common import config_file, copied_file, service

PROGRAM = "/usr/local/libexec/tls-policy"
DAEMON = "postfix-mta-sts-resolver.service"  # Debian's
SOCKET = "/run/mta-sts/answers"
SETTINGS = "/etc/mta-sts-daemon.yml"
UNIT_SETTINGS = f"/etc/systemd/system/{DAEMON}.d/administration.conf"
UNITS = "/etc/systemd/system"
UNIT = "mail-tls-policy"


def tls_policy(administration: Administration) -> None:
    """Ensure the daemon that fetches policies, and who asks it after DANE."""
    config_file(
        name="mail: where policies of MTA-STS are kept",
        template="mail/tls_policy/mta-sts-daemon.yml.j2",
        path=SETTINGS,
        check="python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' {}",
        socket=SOCKET,
    )
    files.directory(name="mail: MTA-STS unit settings folder", path=UNIT_SETTINGS.rpartition("/")[0])
    config_file(
        name="mail: MTA-STS unit settings",
        template="mail/tls_policy/mta-sts-unit.conf.j2",
        path=UNIT_SETTINGS,
        inside=administration.platform.prefixes,
    )
    service(name="mail: policies of MTA-STS are fetched", unit=DAEMON, watches=[SETTINGS, UNIT_SETTINGS])
    copied_file(
        name="mail: program of TLS policies",
        source=Path(__file__).with_name("programs") / "tls_policy.py",
        path=PROGRAM,
        mode="755",
    )
    units = {f"{UNIT}.socket": f"{UNIT}.socket", f"{UNIT}.service": f"{UNIT}.service.j2"}
    for unit, template in host.loop(units.items()):
        config_file(name=f"mail: {unit}", template=f"mail/tls_policy/{template}", path=f"{UNITS}/{unit}", socket=SOCKET)
    service(name="mail: TLS policies can be asked", unit=f"{UNIT}.socket", watches=[f"{UNITS}/{UNIT}.socket"])
    service(name="mail: TLS policies are told", unit=f"{UNIT}.service", watches=[f"{UNITS}/{UNIT}.service", PROGRAM])
