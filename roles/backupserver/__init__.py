"""The backup server: repositories to which their owners can only add. It cannot read what it keeps."""

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles.backupserver.config import config_of
from roles.common import Port, config_file, local_user, packages, service
from roles.common.health import Health

PACKAGES = ["rclone", "restic"]
OPEN_PORTS: list[Port] = []  # ssh, which every machine opens; sshd.conf says who may come with this account
HEALTH = Health(("ssh",), (22,))

KEYS = "/etc/ssh/backupserver.keys"  # not in the account's home: what it may do is not its own to say
SETTINGS = "/etc/ssh/sshd_config.d/backupserver.conf"


@deploy("Backup server")
def backupserver(administration: Administration, machine: Machine) -> None:  # noqa: ARG001  # every role's signature
    """Ensure the account, its repositories, and that it can do one thing."""
    cfg = config_of(administration, secrets_of(administration.environment))
    packages(name="backupserver: packages", names=PACKAGES)
    local_user(name="backupserver: account", user=cfg.account, home=cfg.folder, shell="/bin/sh")
    files.directory(name="backupserver: folder", path=cfg.folder, mode="755")
    for client in host.loop(cfg.clients):
        files.directory(
            name=f"backupserver: repository of {client.name}",
            path=client.repository,
            user=cfg.account,
            group=cfg.account,
            mode="700",
        )
    config_file(name="backupserver: who may add", template="backupserver/keys.j2", path=KEYS, cfg=cfg)
    config_file(
        name="backupserver: what the account may do",
        template="backupserver/sshd.conf.j2",
        path=SETTINGS,
        check="sshd -t -f {}",
        cfg=cfg,
        keys=KEYS,
    )
    service(name="backupserver: ssh has its present settings", unit="ssh.service", watches=[SETTINGS], reload=True)
