"""The lab's machines: `pyinfra @local deploys/lab.py`."""

from inventory.model import load
from roles.lab import lab
from roles.lab.credentials import create

administration = load("lab")
create(administration)
lab(administration)
