"""pyinfra's inventory of the lab: `pyinfra inventory/lab.py deploys/mail.py`."""

from inventory.hosts import groups, write_ssh_config
from inventory.model import load

_administration = load("lab")
write_ssh_config(_administration)
globals().update(groups(_administration))
