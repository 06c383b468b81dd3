"""The commands on a controller that fetch a backup of the domain, and rehearse its restore."""

from shlex import quote

from pyinfra.api import StringCommand

from roles.common.programs import program
from roles.directory.facts import PROGRAMS
from roles.directory.upkeep import BACKUPS

ACCOUNT = "svc-mail"  # who logs in to what is restored: no person, who would have changed the password
SCOPE = "directory"  # the secret whose readers may read a backup: the administrator's password is in both
BACK_UP = "/usr/local/sbin/backup-directory"
ALONE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def restore(backup: str) -> str:
    """What restores a backup in namespaces of its own and uses it (programs/rehearse_restore.py says its stdin)."""
    return str(StringCommand(*ALONE, program(PROGRAMS / "rehearse_restore.py", backup)).get_raw_value())


def newest() -> str:
    """What says the name of the newest backup."""
    return f"find {BACKUPS} -maxdepth 1 -name '*.tar.bz2' -printf '%f\\n' | sort | tail -n 1"


def send(name: str) -> str:
    """What sends a backup to whoever asks."""
    return f"cat {quote(f'{BACKUPS}/{name}')}"


def receive(name: str) -> str:
    """What keeps a backup that comes over stdin until it was rehearsed, and says where: for root alone."""
    # `backup-directory` takes away what stays of it, should the rehearsal die.
    return f'umask 077; d=$(mktemp -d {BACKUPS}/.partial.XXXXXX) && cat >"$d"/{quote(name)} && echo "$d"/{quote(name)}'


def forget(place: str) -> str:
    """What takes away a backup that was received."""
    return f"rm -rf {quote(place.rpartition('/')[0])}"
