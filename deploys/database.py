"""The database servers of the applications: `pyinfra inventory/lab.py deploys/database.py`."""

from pyinfra import host

from roles.database import database

if "database" in host.groups:
    database(host.data.administration, host.data.machine)
