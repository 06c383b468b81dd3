"""The backups of mail: who keeps them, by whose key they are added to, and under which account.

A mail server may add to its own repository and read it; it can delete and replace nothing there. Its key and the
password of the repository are sealed secrets. The backup server has neither: what it keeps comes to it encrypted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from inventory.model import Administration, Machine

if TYPE_CHECKING:
    from inventory.secrets import Secret

SCOPE = "mail-backup"
WEBMAIL = "webmail-backup"  # the webmail's: with them nobody has a word of mail
PASSWORD, KEY = "password", "ssh_key"  # the names of the secrets
ACCOUNT = "mail-backup"  # on both machines: who adds, and who keeps
FOLDER = "/srv/backups"


def server(administration: Administration) -> Machine | None:
    """Who keeps them; None where nobody does."""
    return next(iter(administration.running("backupserver")), None)


def clients(administration: Administration) -> tuple[tuple[Machine, str], ...]:
    """Who adds, each to a repository of its own, with the secrets of which scope."""
    servers = administration.mail_servers
    webmails = (machine for machine in administration.running("webmail") if machine not in servers)
    return (*((machine, SCOPE) for machine in servers), *((machine, WEBMAIL) for machine in webmails))


def repository(name: str) -> str:
    """Where the repository of a mail server is, on the backup server."""
    return f"{FOLDER}/{name}"


def new_key() -> str:
    """An SSH key, as OpenSSH writes it."""
    return (
        ed25519.Ed25519PrivateKey.generate()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
        .decode()
    )


def public_key(key: Secret) -> str:
    """The public half of the key, as authorized_keys has it."""
    if key.withheld:
        return "(withheld)"
    private = serialization.load_ssh_private_key(key.reveal().encode(), password=None)
    public = private.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return public.decode()


def host_keys(administration: Administration, machine: Machine) -> tuple[str, ...]:
    """The host keys of a machine, by the environment's own list: `type key`. None where it does not know any yet."""
    path = administration.environment.reach.known_hosts.expanduser()
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    fields = [line.split() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return tuple(f"{kind} {key}" for names, kind, key, *_ in fields if machine.name in names.split(","))
