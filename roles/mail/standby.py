"""What a mail server brings that stands by: it takes mail in and has a copy of every mailbox; nobody logs in to it."""

from inventory.targets import MAIL
from roles.common import Port
from roles.common.health import Health
from roles.mail import HEALTH as ACTIVE
from roles.mail import PACKAGES as PACKAGES
from roles.mail.config import COPIES, SHADOW

OPEN_PORTS = [
    Port("tcp", 25, "world"),
    Port("tcp", MAIL, "monitoring"),
    Port("tcp", COPIES, "mail"),
    Port("tcp", SHADOW, "mail"),
]
HEALTH = Health((*ACTIVE.units, "mail-seen"), (25, COPIES))
