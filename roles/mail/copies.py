"""A second mail server: the copy of each mailbox that it has, and which of the two serves.

The server that people use sends each mailbox that changed to the others (doveadm sync, over TLS). Which one that is,
is a line of the inventory; a server that was away asks the controllers before it serves (mail-serves).
"""

import json
from pathlib import Path

from pyinfra import host
from pyinfra.operations import files

from inventory.model import Administration, Machine
from inventory.model.administration import MESSAGERIE
from inventory.targets import MAIL
from roles.common import config_file, copied_file, service, stopped
from roles.mail.config import COPIES, MailConfig

PROGRAMS = Path(__file__).with_name("programs")
PASSWORD = "/etc/dovecot/copies-password.conf"  # noqa: S105  # where it is
RUNTIME = "/run/mail-copy"
EVENTS = f"{RUNTIME}/.events"
# What is told of each mailbox: what people do to it, and that a session of any program ended.
CHANGES = {
    "delivered": "event=mail_delivery_finished",
    "commands": "event=imap_command_finished and not (cmd_name=IDLE or cmd_name=NOOP or cmd_name=CAPABILITY)",
    "rules": "event=managesieve_command_finished",
    "ended": "event=mail_user_session_finished",
}
FENCE = "/usr/local/sbin/mail-fence"
COPY, SERVES, SEEN = "mail-copy", "mail-serves", "mail-seen"
SETTINGS = "/etc/mail-copy.json"
ROLE = "/etc/mail-role.json"
THERE = "/usr/local/libexec"
UNITS = "/etc/systemd/system"
GUARDED = ("postfix", "dovecot")


def role(administration: Administration, machine: Machine, wanted: MailConfig) -> None:
    """Ensure that this server knows whether it is the one that people use, before anything of it runs as that."""
    copied_file(name="mail: mail-serves", source=PROGRAMS / "mail_serves.py", path=f"{THERE}/{SERVES}", mode="755")
    config_file(
        name="mail: which server is used",
        template="mail/copy/json.j2",
        path=ROLE,
        check="python3 -m json.tool {} >/dev/null",
        content=json.dumps(
            {
                "standby": wanted.standby,
                "name": administration.fqdn(MESSAGERIE),
                "address": str(machine.address),
                "others": [str(each.address) for each in wanted.others],
                "controllers": [str(each.address) for each in administration.running("directory")],
                "units": [f"{unit}.service" for unit in GUARDED],
            },
            indent=1,
        ),
    )
    for unit in host.loop(GUARDED):
        files.directory(name=f"mail: settings folder of {unit}.service", path=f"{UNITS}/{unit}.service.d")
        config_file(
            name=f"mail: {unit} asks whether it may serve",
            template="mail/copy/serves.conf",
            path=f"{UNITS}/{unit}.service.d/serves.conf",
        )
    config_file(
        name="mail: mail-serves.service", template="mail/copy/mail-serves.service", path=f"{UNITS}/{SERVES}.service"
    )
    service(
        name="mail: which server serves is watched",
        unit=f"{SERVES}.service",
        watches=[f"{UNITS}/{SERVES}.service", f"{THERE}/{SERVES}"],
    )


def copies(wanted: MailConfig) -> None:
    """Ensure that the copies are brought up to date, from the server that people use."""
    for unit, program in host.loop({COPY: "mail_copy.py", SEEN: "mail_seen.py"}.items()):
        copied_file(name=f"mail: {unit}", source=PROGRAMS / program, path=f"{THERE}/{unit}", mode="755")
        config_file(name=f"mail: {unit}.service", template=f"mail/copy/{unit}.service", path=f"{UNITS}/{unit}.service")
    copied_file(name="mail: mail-fence", source=PROGRAMS / "mail_fence.py", path=FENCE, mode="755")
    config_file(
        name="mail: which mailboxes are copied where",
        template="mail/copy/json.j2",
        path=SETTINGS,
        check="python3 -m json.tool {} >/dev/null",
        content=json.dumps(
            {
                "others": [each.fqdn for each in wanted.others],
                "port": COPIES,
                "mailboxes": [*(box.address for box in wanted.mailboxes), *(box.address for box in wanted.shared)],
                "together": wanted.together,
                "watch": f"http://{wanted.active.fqdn}:{MAIL}/metrics",
            },
            indent=1,
        ),
    )
    copying = bool(wanted.others) and not wanted.standby
    for unit, runs in host.loop({COPY: copying, SEEN: wanted.standby}.items()):
        if runs:
            service(
                name=f"mail: {unit} runs",
                unit=f"{unit}.service",
                watches=[f"{UNITS}/{unit}.service", f"{THERE}/{unit}"],
            )
        else:
            stopped(name=f"mail: {unit} is another server's", unit=f"{unit}.service")
