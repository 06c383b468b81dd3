"""The file servers: `pyinfra inventory/lab.py deploys/files.py`."""

from pyinfra import host

from roles.files import files

if "files" in host.groups:
    files(host.data.administration, host.data.machine)
