"""The domain controllers: `pyinfra inventory/lab.py deploys/directory.py`."""

from pyinfra import host

from roles.directory import directory

if "directory" in host.groups:
    directory(host.data.administration, host.data.machine)
