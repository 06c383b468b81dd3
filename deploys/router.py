"""Edge routers as Debian hosts. What they route is `make uplinks`."""

from pyinfra import host

from roles.router import router

if "router" in host.groups:
    router(host.data.administration, host.data.machine)
