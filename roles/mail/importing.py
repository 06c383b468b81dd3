"""Import from old servers: the programs, the account that speaks with them, and what all of it may do."""

from pathlib import Path

from pyinfra import host
from pyinfra.operations import files

from roles.common import config_file, copied_file, local_group, local_user

USER = "mail-import"
PROGRAMS = Path(__file__).with_name("programs") / "importing"
LIBRARY, LEDGERS = "/usr/local/lib/mail-import", "/var/lib/mail-import"
COMMAND = "/usr/local/sbin/import-mail"
# What systemd has every unit obey whose name begins so: each run is a unit of its own.
RIGHTS = "/etc/systemd/system/mail-import-.service.d"


def importing() -> None:
    """Ensure what `make import-mail` starts. Nothing runs by itself."""
    local_group(name="mail: group of imports", group=USER, system=True)
    local_user(name="mail: user of imports", user=USER, group=USER, home=LEDGERS, shell="/usr/sbin/nologin")
    files.directory(name="mail: ledgers of imports", path=LEDGERS, user=USER, group=USER, mode="700")
    for folder in host.loop([LIBRARY, f"{LIBRARY}/importing", RIGHTS]):
        files.directory(name=f"mail: folder {folder}", path=folder, mode="755")
    for program in host.loop(sorted(PROGRAMS.glob("*.py"))):
        copied_file(name=f"mail: importing, {program.name}", source=program, path=f"{LIBRARY}/importing/{program.name}")
    config_file(name="mail: import-mail", template="mail/importing/import-mail", path=COMMAND, mode="755")
    config_file(name="mail: rights of imports", template="mail/importing/rights.conf", path=f"{RIGHTS}/rights.conf")
