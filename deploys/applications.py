"""The hosts of the applications: `pyinfra inventory/lab.py deploys/applications.py`."""

from pyinfra import host

from roles.applications import applications

if "applications" in host.groups:
    applications(host.data.administration, host.data.machine)
