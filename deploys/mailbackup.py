"""The backups of mail servers: `pyinfra inventory/lab.py deploys/mailbackup.py`."""

from pyinfra import host

from roles.mail.config import STORE
from roles.mailbackup import mailbackup

if "mail" in host.groups:
    mailbackup(host.data.administration, host.data.machine, STORE)
