"""The mail servers: `pyinfra inventory/lab.py deploys/mail.py`."""

from pyinfra import host

from roles.mail import mail

if {"mail", "mailstandby"}.intersection(host.groups):
    mail(host.data.administration, host.data.machine)
