"""The backups of mail servers: `pyinfra inventory/lab.py deploys/mailbackup.py`."""

from pyinfra import host

from roles.mail.config import STORE
from roles.mailbackup import mailbackup, webmailbackup
from roles.webmail import COPY, COPY_UNIT

if {"mail", "mailstandby"}.intersection(host.groups):
    mailbackup(host.data.administration, host.data.machine, STORE)
elif "webmail" in host.groups:
    webmailbackup(host.data.administration, host.data.machine, COPY, COPY_UNIT)
