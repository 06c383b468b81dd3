"""DHCP of the buildings, on their edge routers: `pyinfra inventory/lab.py deploys/dhcp.py`."""

from pyinfra import host

from roles.dhcp import dhcp

if "dhcp" in host.groups:
    dhcp(host.data.administration, host.data.machine)
