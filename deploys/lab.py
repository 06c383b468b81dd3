"""The lab's machines: `pyinfra @local deploys/lab.py`."""

from inventory.model import load
from roles.lab import lab
from roles.lab.credentials import create
from roles.lab.owner import claim

administration = load("lab")
claim()
create(administration)
lab(administration)
