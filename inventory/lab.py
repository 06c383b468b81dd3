"""pyinfra's inventory of the lab: `pyinfra inventory/lab.py deploys/mail.py`."""

from inventory.hosts import groups, played
from inventory.model import load

_administration = load("lab")
globals().update(groups(_administration) | played(_administration))
