"""The users' machines: `pyinfra inventory/lab.py deploys/workstation.py`."""

from pyinfra import host

from roles.workstation import workstation

if "workstation" in host.groups:
    workstation(host.data.administration, host.data.machine)
