"""Mail of every institution: Postfix, Dovecot and rspamd. Mail flows while the directory is down."""

from pyinfra.api import deploy

from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from inventory.targets import MAIL
from roles.common import Port, packages
from roles.common.health import Health
from roles.mail.clamav import clamav, clamav_settings
from roles.mail.config import config_of
from roles.mail.dovecot import dovecot
from roles.mail.journal import journal
from roles.mail.metrics import metrics
from roles.mail.postfix import postfix
from roles.mail.rspamd import rspamd
from roles.mail.sending import sending
from roles.mail.valkey import valkey, valkey_settings

PACKAGES = [
    "age",
    "clamav-daemon",
    "clamav-freshclam",
    "dns-root-data",
    "dovecot-auth-lua",
    "dovecot-flatcurve",
    "dovecot-imapd",
    "dovecot-ldap",
    "dovecot-lmtpd",
    "dovecot-managesieved",
    "dovecot-sieve",
    "lua-posix",
    "lua5.4",
    "postfix",
    "python3-ldap",
    "python3-milter",
    "rspamd",
    "unbound",
    "valkey-server",
]
OPEN_PORTS = [
    Port("tcp", 25),
    Port("tcp", 465),
    Port("tcp", 587),
    Port("tcp", 993),
    Port("tcp", 4190),
    Port("tcp", MAIL, "monitoring"),
]
HEALTH = Health(
    (
        "postfix",
        "dovecot",
        "rspamd",
        "unbound",
        "mail-journal",
        "clamav-daemon",
        "valkey-server",
        "mail-sending",
        "mail-metrics",
    ),
    (25, 465, 587, 993, 4190),
)


@deploy("Mail")
def mail(administration: Administration, machine: Machine) -> None:
    """Ensure the filter, the mailboxes, and last what feeds them."""
    wanted = config_of(administration, machine)
    secrets = secrets_of(administration.environment)
    valkey_settings()
    clamav_settings()
    packages(name="mail: packages", names=PACKAGES)
    valkey()
    clamav(wanted)
    rspamd(wanted, secrets)
    dovecot(wanted, secrets)
    journal(wanted)
    sending(wanted)
    postfix(wanted)
    metrics(administration, machine)
