"""The name servers of mail domains: `pyinfra inventory/lab.py deploys/nameserver.py`."""

from pyinfra import host

from deploys.capabilities import mail_ports
from roles.nameserver import nameserver

if "nameserver" in host.groups:
    nameserver(host.data.administration, host.data.machine, mail_ports())
