"""Mail of every institution: Postfix, Dovecot and rspamd. Mail flows while the directory is down."""

from pyinfra.api import deploy

from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from inventory.targets import MAIL
from roles.common import Port, packages
from roles.common.health import Health
from roles.mail.clamav import clamav, clamav_settings
from roles.mail.config import HANDOVER, SHADOW, config_of
from roles.mail.copies import copies, role
from roles.mail.dovecot import dovecot
from roles.mail.guard import guard
from roles.mail.importing import importing
from roles.mail.journal import journal
from roles.mail.metrics import metrics
from roles.mail.postfix import postfix
from roles.mail.reports import reports
from roles.mail.rspamd import rspamd
from roles.mail.sending import sending
from roles.mail.shadow import shadow
from roles.mail.tls_policy import tls_policy
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
    "postfix-mta-sts-resolver",
    "python3-dnspython",
    "python3-ldap",
    "python3-milter",
    "rspamd",
    "unbound",
    "valkey-server",
]
OPEN_PORTS = [
    Port("tcp", 25, "world"),
    Port("tcp", 465, "roaming"),
    Port("tcp", 587, "roaming"),
    Port("tcp", 993, "roaming"),
    Port("tcp", 4190, "roaming"),
    Port("tcp", MAIL, "monitoring"),
    Port("tcp", MAIL, "mailstandby"),  # how far its copy is behind
    Port("tcp", HANDOVER, "mailstandby"),
    Port("tcp", SHADOW, "mailstandby"),
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
        "mail-tls-policy",
        "mail-tls-reports",
        "postfix-mta-sts-resolver",
        "mail-guard",
        "mail-metrics",
        "mail-serves",
    ),
    (25, 465, 587, 993, 4190),
)


@deploy("Mail")
def mail(administration: Administration, machine: Machine) -> None:
    """Ensure the filter, the mailboxes, and last what feeds them."""
    wanted = config_of(administration, machine)
    secrets = secrets_of(administration.environment)
    role(administration, machine, wanted)
    valkey_settings()
    clamav_settings()
    packages(name="mail: packages", names=PACKAGES)
    valkey()
    clamav(wanted)
    rspamd(wanted, secrets)
    guard(wanted)
    dovecot(wanted, secrets)
    journal(wanted)
    sending(wanted)
    importing()
    tls_policy(administration)
    reports(administration, wanted)
    shadow(wanted, machine)
    postfix(wanted)
    copies(wanted)
    metrics(administration, machine)
