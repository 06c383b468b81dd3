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
    """Every mail server adds its mail, and a webmail what people keep there, each from its own address."""
    clients = mail_backups.clients(administration)
    keys = {scope: mail_backups.public_key(secrets.get(scope, mail_backups.KEY)) for _, scope in clients}
    return BackupServerConfig(
        account=mail_backups.ACCOUNT,
        folder=mail_backups.FOLDER,
        clients=tuple(
            Client(machine.name, machine.address, keys[scope], mail_backups.repository(machine.name))
            for machine, scope in clients
        ),
    )
