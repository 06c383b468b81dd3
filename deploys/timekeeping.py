"""Time on every machine that follows; the controllers, which serve it, have it from deploys/directory.py."""

from pyinfra import host

from roles.timekeeping import timekeeping

if "machines" in host.groups and "directory" not in host.groups:
    timekeeping(host.data.administration, host.data.machine)
