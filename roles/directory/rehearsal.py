"""The two commands that rehearse the restore of the domain on a controller."""

from pyinfra.api import StringCommand

from roles.common.programs import program
from roles.directory.facts import PROGRAMS

ACCOUNT = "svc-mail"  # who logs in to what is restored: no person, who would have changed the password
BACK_UP = "/usr/local/sbin/backup-directory"
ALONE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def restore(backup: str) -> str:
    """What restores a backup in namespaces of its own and uses it (programs/rehearse_restore.py says its stdin)."""
    return str(StringCommand(*ALONE, program(PROGRAMS / "rehearse_restore.py", backup)).get_raw_value())
