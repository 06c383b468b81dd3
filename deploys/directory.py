"""The domain controllers: `pyinfra inventory/lab.py deploys/directory.py`."""

from pyinfra import host

from roles.directory import directory
from roles.timekeeping import timekeeping

if "directory" in host.groups:
    timekeeping(host.data.administration, host.data.machine)
    directory(host.data.administration, host.data.machine)
