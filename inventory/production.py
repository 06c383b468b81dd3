"""pyinfra's inventory of production: `pyinfra inventory/production.py deploys/mail.py`."""

from inventory.hosts import groups, write_ssh_config
from inventory.model import load

_administration = load("production")
write_ssh_config(_administration)
globals().update(groups(_administration))
