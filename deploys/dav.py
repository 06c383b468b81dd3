"""Calendars and address books: `pyinfra inventory/lab.py deploys/dav.py`."""

from pyinfra import host

from roles.dav import dav

if "dav" in host.groups:
    dav(host.data.administration, host.data.machine)
