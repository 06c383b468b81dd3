"""Calendars and address books (CalDAV, CardDAV): Radicale. Passwords are asked of Dovecot, rights of the inventory."""

from pathlib import Path

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration, Machine
from roles.common import Port, config_file, copied_file, local_group, local_user, packages, service
from roles.common.health import Health
from roles.dav.config import (
    CACHE,
    LIBRARY,
    OWN,
    PEOPLE,
    PORT,
    PREFIX,
    SETTINGS,
    STORE,
    UID,
    USER,
    config_of,
)

PACKAGES = ["curl", "python3-radicale"]
OPEN_PORTS = [Port("tcp", PORT, "webmail")]
HEALTH = Health(("dav",), (PORT,), ("check-dav",))

PROGRAMS = Path(__file__).with_name("programs") / "administration"
RADICALE, UNIT = f"{SETTINGS}/radicale.conf", "/etc/systemd/system/dav.service"
CERTIFICATE = ["/etc/ssl/administration/host.crt", "/etc/ssl/administration/host.key"]
PYTHON = f"env PYTHONPATH={LIBRARY} PYTHONDONTWRITEBYTECODE=1 python3 -c"
READS_PEOPLE = "import sys, pathlib; from administration.settings import read; read(pathlib.Path(sys.argv[1]))"
READS_SETTINGS = "import sys, radicale.config; radicale.config.load([(sys.argv[1], False)])"


@deploy("Calendars and address books")
def dav(administration: Administration, machine: Machine) -> None:
    """Ensure Radicale, what it asks, and who there is: a change of people or rights is taken up without a restart."""
    wanted = config_of(administration, machine)
    packages(name="dav: packages", names=PACKAGES)
    local_group(name="dav: group dav", group=USER, gid=UID)
    local_user(name="dav: user dav", user=USER, uid=UID, group=USER, home=STORE, shell="/usr/sbin/nologin")
    files.directory(name="dav: store", path=STORE, user=USER, group=USER, mode="700")
    for folder in host.loop([SETTINGS, LIBRARY, f"{LIBRARY}/administration"]):
        files.directory(name=f"dav: folder {folder}", path=folder, mode="755")
    for program in host.loop(sorted(PROGRAMS.glob("*.py"))):
        copied_file(name=f"dav: {program.name}", source=program, path=f"{LIBRARY}/administration/{program.name}")
    config_file(
        name="dav: who there is and what is shared is valid and in place",
        template="dav/people.json.j2",
        path=PEOPLE,
        group=USER,
        mode="640",
        check=f"{PYTHON} '{READS_PEOPLE}' {{}}",
        wanted=wanted,
    )
    config_file(
        name="dav: Radicale's settings are valid and in place",
        template="dav/radicale.conf.j2",
        path=RADICALE,
        check=f"{PYTHON} '{READS_SETTINGS}' {{}}",
        wanted=wanted,
        port=PORT,
        prefix=PREFIX,
        store=STORE,
        cache=CACHE,
        own=OWN,
    )
    config_file(
        name="dav: dav.service",
        template="dav/dav.service.j2",
        path=UNIT,
        wanted=wanted,
        library=LIBRARY,
        config=RADICALE,
    )
    config_file(
        name="dav: check-dav",
        template="dav/check-dav.j2",
        path="/usr/local/sbin/check-dav",
        mode="755",
        wanted=wanted,
        port=PORT,
    )
    service(
        name="dav: runs with its present settings",
        unit="dav.service",
        watches=[UNIT, RADICALE, f"{LIBRARY}/administration", *CERTIFICATE],
    )
