"""Samba as an Active Directory domain controller: people, groups, Kerberos, LDAP, and the names of machines."""

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory import dkim
from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles.common import Port, config_file, packages, secret_file, service, stopped
from roles.common.health import Health
from roles.directory import objects, operations, records, upkeep
from roles.directory.audit import UNIT
from roles.directory.config import CERTIFICATE, CHECK, KEY, SETTINGS, SMB_CONF, STATE, TLS_FOLDER, config_of
from roles.directory.peers import writes

PACKAGES = ["bind9-dnsutils", "krb5-user", "ldb-tools", "samba-ad-dc", "samba-ad-provision", "smbclient", "winbind"]
OPEN_PORTS = [
    *(Port(protocol, number) for number in (53, 88, 389, 464) for protocol in ("tcp", "udp")),
    Port("udp", 123),
    *(Port("tcp", number) for number in (135, 445, 636, 3268, 3269, "49152-65535")),
]
HEALTH = Health(("samba-ad-dc",), (53, 88, 389, 445, 636), (upkeep.CHECK,))


@deploy("Directory")
def directory(administration: Administration, machine: Machine) -> None:
    """The domain, its policy, and what the inventory puts in it."""
    cfg = config_of(administration, machine)
    secrets = secrets_of(administration.environment)

    packages(name="directory: packages", names=PACKAGES)
    upkeep.programs()
    config_file(
        name="directory: smb.conf",
        template="directory/smb.conf.j2",
        path=SMB_CONF,
        check=CHECK,
        cfg=cfg,
        **SETTINGS,
    )
    files.directory(name="directory: unit settings folder", path=UNIT.rpartition("/")[0])
    config_file(name="directory: no line of the audit is dropped", template="directory/audit.conf", path=UNIT)
    config_file(
        name="directory: Kerberos",
        template="common/krb5.conf.j2",
        path="/etc/krb5.conf",
        role="directory",
        platform=administration.platform,
        controllers=administration.running("directory"),
    )
    # The package starts them; on a controller samba runs its own.
    for unit in host.loop(["smbd.service", "nmbd.service", "winbind.service"]):
        stopped(name=f"directory: no {unit}", unit=unit)
    operations.domain(name="directory: a controller of the domain", cfg=cfg, secrets=secrets)

    files.directory(name="directory: TLS folder", path=TLS_FOLDER, mode="700")
    secret_file(
        name="directory: TLS key",  # samba refuses a key that a group may read
        content=secrets.get(f"certificate-{machine.name}", "key"),
        path=KEY,
    )
    files.directory(
        name="directory: chrony asks for signatures", path=f"{STATE}/ntp_signd", group="_chrony", mode="750"
    )
    service(
        name="directory: samba runs with its present configuration",
        unit="samba-ad-dc.service",
        watches=[SMB_CONF, UNIT, CERTIFICATE, KEY],
    )
    upkeep.timers()
    if not writes(cfg):
        return  # what the first of those that answer writes, the others fetch from it
    operations.controllers(name="directory: controllers and their roles", cfg=cfg)
    desired = objects.desired_of(administration)
    operations.content(name="directory: people, groups and policy", desired=desired, secrets=secrets)
    operations.rights(name="directory: rights of the help desks", desired=desired)
    operations.zones(
        name="directory: names",
        desired=records.desired_of(administration, dkim.records(administration, secrets, dkim.today())),
        server=machine.fqdn,
        _retries=3,  # just started, it may not answer yet
        _retry_delay=2,
    )
