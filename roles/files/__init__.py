"""The file server: a member of the domain, with one share per folder that an institution declares."""

from pyinfra.api import deploy

from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles.common import Port, admitted, config_file, packages, service, stopped
from roles.common.health import Health
from roles.files import facts, operations
from roles.files.config import ADMITTED, CHECK, KRB5_CONF, SHARES_CONF, SMB_CONF, config_of

PACKAGES = ["krb5-user", "libnss-winbind", "python3-samba", "samba", "smbclient", "winbind"]
OPEN_PORTS = [Port("tcp", 445)]
HEALTH = Health(("smbd", "winbind"), (445,))


@deploy("Files")
def files(administration: Administration, machine: Machine) -> None:
    """Membership of the domain, the shares, and who may open them."""
    cfg = config_of(administration, machine)

    packages(name="files: packages", names=PACKAGES)
    config_file(
        name="files: Kerberos",
        template="common/krb5.conf.j2",
        path=KRB5_CONF,
        role="files",
        platform=administration.platform,
        controllers=administration.running("directory"),
    )
    admitted(
        name="files: only people of the inventory have a share open",
        path=ADMITTED,
        template="files/admitted.j2",
        names=cfg.admitted,
        inside=facts.OpenShares,
        close=facts.PROGRAMS / "close_shares.py",
        cfg=cfg,
    )
    config_file(
        name="files: shares",
        template="files/shares.conf.j2",
        path=SHARES_CONF,
        check=CHECK,
        removes=("share", r"^\[(.+)\]$"),
        cfg=cfg,
        admitted=ADMITTED,
    )
    config_file(
        name="files: smb.conf",
        template="files/smb.conf.j2",
        path=SMB_CONF,
        check=CHECK,
        cfg=cfg,
        shares=SHARES_CONF,
    )
    operations.joined(
        name="files: member of the domain",
        realm=cfg.realm,
        controllers=tuple(controller.fqdn for controller in administration.running("directory")),
        secrets=secrets_of(administration.environment),
    )
    stopped(name="files: no NetBIOS", unit="nmbd.service")
    service(name="files: winbind runs with its present configuration", unit="winbind.service", watches=[SMB_CONF])
    # A reload takes up shares, not the addresses and ports that smbd listens on.
    service(name="files: smbd runs with its present configuration", unit="smbd.service", watches=[SMB_CONF])
    service(name="files: smbd serves the present shares", unit="smbd.service", watches=[SHARES_CONF], reload=True)
    operations.folders(name="files: folders and who may open them", shares=cfg.shares)
