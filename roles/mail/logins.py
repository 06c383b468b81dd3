"""Who logged in is remembered for a while, in memory, for the hours in which no controller answers."""

from pathlib import Path

from pyinfra import host
from pyinfra.operations import files

from roles.common import config_file, copied_file, service
from roles.mail.config import MailConfig

RULES = "/etc/dovecot/remembered.lua"
FOLDER = "/run/mail-logins"  # no disk and no backup ever has it
TEMPORARY = "/etc/tmpfiles.d/mail-logins.conf"
FORGET = "/usr/local/sbin/forget-logins"
UNITS = [f"/etc/systemd/system/forget-logins.{kind}" for kind in ("service", "timer")]
OWNER = "dovecot"


def remembered(wanted: MailConfig, password: str) -> None:
    """Ensure the rules of it, the folder, and that who may no longer log in is forgotten. `password` is a file."""
    config_file(
        name="mail: which logins are remembered",
        template="mail/dovecot/remembered.lua.j2",
        path=RULES,
        check="luac5.4 -p {}",
        wanted=wanted,
        folder=FOLDER,
    )
    config_file(
        name="mail: the folder of logins comes with each start",
        template="mail/dovecot/logins.tmpfiles.j2",
        path=TEMPORARY,
        folder=FOLDER,
        owner=OWNER,
    )
    files.directory(name="mail: folder of logins", path=FOLDER, user=OWNER, group=OWNER, mode="700")
    source = Path(__file__).with_name("programs") / "forget_logins.py"
    copied_file(name="mail: forget-logins", source=source, path=FORGET, mode="755")
    for unit in host.loop(UNITS):
        config_file(
            name=f"mail: {unit.rpartition('/')[2]}",
            template=f"mail/dovecot/{unit.rpartition('/')[2]}.j2",
            path=unit,
            wanted=wanted,
            folder=FOLDER,
            password=password,
            program=FORGET,
            owner=OWNER,
        )
    service(name="mail: forget-logins has its times", unit="forget-logins.timer", watches=UNITS)
