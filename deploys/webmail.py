"""The webmail: `pyinfra inventory/lab.py deploys/webmail.py`."""

from pyinfra import host

from roles.mail.config import FOLDERS
from roles.mail.config import config_of as mail_of
from roles.webmail import webmail

if "webmail" in host.groups:
    administration = host.data.administration
    mail = mail_of(administration, administration.running("mail")[0])
    webmail(administration, host.data.machine, FOLDERS, {box.address: box.senders for box in mail.shared})
