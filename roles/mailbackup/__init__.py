"""Backups of mail: each hour, to where the mail server can only add; and the command that restores a part of it."""

from pathlib import Path

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory import mail_backups
from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles.common import Port, config_file, copied_file, local_user, packages, secret_file, service, stopped
from roles.common.health import Health
from roles.mailbackup.config import FOLDER, MailBackupConfig, config_of, webmail_of

PACKAGES = ["restic"]
OPEN_PORTS: list[Port] = []
HEALTH = Health(("mail-backup.timer",))

LIBRARY, COMMANDS = (
    "/usr/local/lib/mail-backup",
    {"backup-mail": "backup", "restore-mail": "restore", "restore-dav": "dav"},
)
WEBMAIL_COMMANDS = {"backup-mail": "backup", "restore-webmail": "webmail"}
MODULES = sorted(Path(__file__).with_name("backups").glob("*.py"))
SETTINGS = ("ssh_config", "known_hosts", "settings.json")
TIMER, SERVICE = "mail-backup.timer", "mail-backup.service"


@deploy("Mail backups")
def mailbackup(administration: Administration, machine: Machine, store: str) -> None:
    """Ensure the key, the programs and the hours. `store` is the folder of all mail."""
    cfg = config_of(administration, machine, store)
    if cfg is None:
        for unit in host.loop((TIMER, SERVICE)):
            stopped(name=f"mailbackup: no {unit} on this machine", unit=unit)
        return
    _installed(administration, cfg, COMMANDS)


@deploy("Webmail backups")
def webmailbackup(administration: Administration, machine: Machine, copy: str, unit: str) -> None:
    """Ensure the same for what people keep in the webmail: `unit` makes a `copy` of it that is whole."""
    cfg = webmail_of(administration, machine, copy, unit)
    if cfg is None:
        stopped(name="mailbackup: none, for no machine keeps them", unit=TIMER)
        return
    _installed(administration, cfg, WEBMAIL_COMMANDS)


def _installed(administration: Administration, cfg: MailBackupConfig, commands: dict[str, str]) -> None:
    secrets = secrets_of(administration.environment)
    packages(name="mailbackup: packages", names=PACKAGES)
    local_user(name="mailbackup: account", user=cfg.account, home="/nonexistent", shell="/usr/sbin/nologin")
    files.directory(name="mailbackup: folder of settings", path=FOLDER, mode="755")
    for file, key in host.loop([("password", mail_backups.PASSWORD), ("key", mail_backups.KEY)]):
        secret_file(name=f"mailbackup: {file}", content=secrets.get(cfg.scope, key), path=f"{FOLDER}/{file}")
    for file in host.loop(SETTINGS):
        config_file(
            name=f"mailbackup: {file}",
            template=f"mailbackup/{file}.j2",
            path=f"{FOLDER}/{file}",
            cfg=cfg,
            folder=FOLDER,
        )
    for folder in host.loop([LIBRARY, f"{LIBRARY}/backups"]):
        files.directory(name=f"mailbackup: {folder}", path=folder, mode="755")
    for module in host.loop(MODULES):
        copied_file(name=f"mailbackup: module {module.stem}", source=module, path=f"{LIBRARY}/backups/{module.name}")
    for command, program in host.loop(list(commands.items())):
        config_file(
            name=f"mailbackup: {command}",
            template="mailbackup/command.j2",
            path=f"/usr/local/sbin/{command}",
            mode="755",
            library=LIBRARY,
            module=program,
        )
    for unit in host.loop([SERVICE, TIMER]):
        config_file(
            name=f"mailbackup: {unit}",
            template=f"mailbackup/{unit}.j2",
            path=f"/etc/systemd/system/{unit}",
            cfg=cfg,
            folder=FOLDER,
        )
    service(
        name="mailbackup: backups have their times",
        unit=TIMER,
        watches=[f"/etc/systemd/system/{unit}" for unit in (SERVICE, TIMER)],
    )
