"""Where the backups of a mail server go, from the inventory."""

from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import IPv4Address

from inventory import mail_backups
from inventory.model import Administration, Machine
from inventory.model.administration import MAIL

FOLDER = "/etc/mail-backup"
# What is held, what is kept of institutions, what the filter has learnt, calendars and contacts; what is not there is
# left out. Counts of what people sent lately are not: they are of a day.
BESIDE = ("/var/spool/postfix/hold", "/srv/mail-journal", "/var/lib/valkey", "/srv/dav")


@dataclass(frozen=True)
class MailBackupConfig:
    """The backups of one machine."""

    scope: str  # of its secrets
    account: str
    server: IPv4Address
    host_keys: tuple[str, ...]
    sources: tuple[str, ...]
    minute: int  # of every hour
    before: str = ""  # the unit that makes what is saved


def config_of(administration: Administration, machine: Machine, store: str) -> MailBackupConfig | None:
    """Each server's own minute, so that they do not come all at once. None where nobody keeps them, or for a copy."""
    server = mail_backups.server(administration)
    if server is None or machine not in administration.running(MAIL):  # the mailboxes of another are a copy
        return None
    return _config(administration, machine, server, mail_backups.SCOPE, (store, *BESIDE))


def webmail_of(administration: Administration, machine: Machine, copy: str, unit: str) -> MailBackupConfig | None:
    """That of a webmail, of whose database a unit makes a copy. None where nobody keeps them."""
    server = mail_backups.server(administration)
    if server is None:
        return None
    return replace(_config(administration, machine, server, mail_backups.WEBMAIL, (copy,)), before=unit)


def _config(
    administration: Administration, machine: Machine, server: Machine, scope: str, sources: tuple[str, ...]
) -> MailBackupConfig:
    return MailBackupConfig(
        scope=scope,
        account=mail_backups.ACCOUNT,
        server=server.address,
        host_keys=mail_backups.host_keys(administration, server),
        sources=sources,
        minute=sha256(machine.name.encode()).digest()[0] % 60,
    )
