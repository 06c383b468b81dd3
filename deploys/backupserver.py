"""The backup servers: `pyinfra inventory/lab.py deploys/backupserver.py`."""

from pyinfra import host

from roles.backupserver import backupserver

if "backupserver" in host.groups:
    backupserver(host.data.administration, host.data.machine)
