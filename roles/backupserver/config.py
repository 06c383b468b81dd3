"""Whose backups a machine keeps, from the inventory."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from inventory import mail_backups
from inventory.model import Administration
from inventory.secrets import Secrets


@dataclass(frozen=True)
class Client:
    """A machine that adds to a repository of its own."""

    name: str
    address: IPv4Address
    key: str  # public
    repository: str


@dataclass(frozen=True)
class BackupServerConfig:
    """One backup server."""

    account: str
    folder: str
    clients: tuple[Client, ...]


def config_of(administration: Administration, secrets: Secrets) -> BackupServerConfig:
    """Every mail server adds its mail, from its own address."""
    key = mail_backups.public_key(secrets.get(mail_backups.SCOPE, mail_backups.KEY))
    return BackupServerConfig(
        account=mail_backups.ACCOUNT,
        folder=mail_backups.FOLDER,
        clients=tuple(
            Client(machine.name, machine.address, key, mail_backups.repository(machine.name))
            for machine in administration.running("mail")
        ),
    )
