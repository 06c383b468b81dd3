"""Mail of every institution: Postfix, Dovecot and rspamd. Mail flows while the directory is down."""

from pyinfra.api import deploy

from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles.common import Port, packages
from roles.common.health import Health
from roles.mail.config import config_of
from roles.mail.dovecot import dovecot
from roles.mail.postfix import postfix
from roles.mail.rspamd import rspamd

PACKAGES = [
    "dovecot-flatcurve",
    "dovecot-imapd",
    "dovecot-ldap",
    "dovecot-lmtpd",
    "dovecot-managesieved",
    "dovecot-sieve",
    "postfix",
    "rspamd",
]
OPEN_PORTS = [Port("tcp", 25), Port("tcp", 465), Port("tcp", 993), Port("tcp", 4190)]
HEALTH = Health(("postfix", "dovecot", "rspamd"), (25, 465, 993, 4190))


@deploy("Mail")
def mail(administration: Administration, machine: Machine) -> None:
    """Ensure the filter, the mailboxes, and last what feeds them."""
    wanted = config_of(administration, machine)
    secrets = secrets_of(administration.environment)
    packages(name="mail: packages", names=PACKAGES)
    rspamd(wanted, secrets)
    dovecot(wanted, secrets)
    postfix(wanted)
