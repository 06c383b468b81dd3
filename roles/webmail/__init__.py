"""Roundcube: mail in a browser. It keeps no password and no mail, and asks every server as the person who looks."""

from collections.abc import Collection, Mapping
from pathlib import Path

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles.common import (
    Port,
    config_file,
    copied_file,
    local_group,
    local_user,
    packages,
    secret_file,
    service,
    stopped,
)
from roles.common.health import Health
from roles.webmail.config import (
    AUTHORITY,
    PHP,
    ROUNDCUBE,
    RUNTIME,
    SCHEMA,
    SETTINGS,
    STATE,
    USER,
    WebmailConfig,
    config_of,
)
from roles.webmail.doors import Doors, doors, doors_of

# dbconfig-no-thanks: the database is ours to make, Debian's packages ask nothing.
PACKAGES = [
    "curl",
    "dbconfig-no-thanks",
    "nginx",
    "php-curl",
    "php-fpm",
    "php-ldap",
    "php-net-ldap3",
    "php-zip",
    "roundcube-core",
    "roundcube-plugins",
    "roundcube-sqlite3",
]
OPEN_PORTS = [Port("tcp", 80, "world"), Port("tcp", 443, "world")]  # other mail servers ask for our MTA-STS policy
HEALTH = Health(("nginx", "webmail"), (443,), ("check-webmail",))

CERTIFICATE = ["/etc/ssl/administration/host.crt", "/etc/ssl/administration/host.key"]
UNIT = "/etc/systemd/system/webmail.service"
POOL, HOSTS, PEOPLE, KEY = (f"{SETTINGS}/{name}" for name in ("php-fpm.conf", "hosts", "people.json", "session_key"))
ROUNDCUBE_SETTINGS = "/etc/roundcube/config.inc.php"
NGINX = "/etc/nginx/nginx.conf"
PHP_FILES = Path(__file__).with_name("php")
CALENDARS = Path(__file__).with_name("agenda")  # a plugin
PLUGIN = f"{ROUNDCUBE}/plugins/administration"
# Where the plugin of passwords looks for what speaks to a directory.
DRIVER = "/usr/share/roundcube/plugins/password/drivers/active_directory.php"
COPY = f"{STATE}/copy"  # of the database, whole at one moment: what is backed up
COPY_UNIT = "webmail-copy.service"
UPKEEP = ("roundcube-cleandb", "roundcube-gc")  # Debian's timers: what was deleted, what was left of uploads


@deploy("Webmail")
def webmail(
    administration: Administration,
    _machine: Machine,
    folders: Mapping[str, str],
    senders: Mapping[str, Collection[str]],
) -> None:
    """Ensure Roundcube and what serves it. `folders` and `senders` are the mail server's."""
    wanted = config_of(administration, folders, senders)
    packages(name="webmail: packages", names=PACKAGES)
    local_group(name="webmail: group webmail", group=USER, system=True)
    local_user(name="webmail: user webmail", user=USER, group=USER, home="/nonexistent", shell="/usr/sbin/nologin")
    files.directory(name="webmail: settings folder", path=SETTINGS)
    secret_file(
        name="webmail: key of sessions",
        content=secrets_of(administration.environment).get("webmail", "session_key"),
        path=KEY,
        group=USER,
        mode="640",
    )
    _roundcube(wanted)
    _processes(wanted)
    _front(wanted, doors_of(administration))


def _roundcube(wanted: WebmailConfig) -> None:
    files.directory(name="webmail: folder of its plugin", path=PLUGIN)
    copied_file(
        name="webmail: its plugin", source=PHP_FILES / "administration.php", path=f"{PLUGIN}/administration.php"
    )
    if wanted.dav:
        _calendars()
    copied_file(name="webmail: change of passwords", source=PHP_FILES / "active_directory.php", path=DRIVER)
    config_file(
        name="webmail: who writes from which address",
        template="webmail/people.json.j2",
        path=PEOPLE,
        group=USER,
        mode="640",
        people=wanted.people,
    )
    config_file(
        name="webmail: Roundcube's settings are valid and in place",
        template="webmail/config.inc.php.j2",
        path=ROUNDCUBE_SETTINGS,
        group=USER,
        mode="640",
        check="php -l {} >/dev/null",
        wanted=wanted,
        authority=AUTHORITY,
        key=KEY,
        state=STATE,
    )


def _calendars() -> None:
    """Ensure the plugin of calendars and contacts."""
    folder = f"{ROUNDCUBE}/plugins/{CALENDARS.name}"
    found = sorted(path.relative_to(CALENDARS) for path in CALENDARS.rglob("*") if path.is_file())
    for place in host.loop(
        sorted({CALENDARS / path.parent for path in found} | {CALENDARS / "skins", CALENDARS / "skins/elastic"})
    ):
        files.directory(
            name=f"webmail: folder of {place.name}", path=f"{folder}/{place.relative_to(CALENDARS)}".removesuffix("/.")
        )
    for path in host.loop(found):
        copied_file(name=f"webmail: calendars, {path}", source=CALENDARS / path, path=f"{folder}/{path}")


def _processes(wanted: WebmailConfig) -> None:
    stopped(name="webmail: no PHP but its own", unit=f"php{PHP}-fpm.service")
    config_file(name="webmail: names of its peers", template="webmail/hosts.j2", path=HOSTS, wanted=wanted)
    config_file(
        name="webmail: its processes are valid and in place",
        template="webmail/php-fpm.conf.j2",
        path=POOL,
        group=USER,
        mode="640",
        check=f"runuser -u {USER} -- php-fpm{PHP} --test --fpm-config {{}} 2>/dev/null",
        wanted=wanted,
        authority=AUTHORITY,
        runtime=RUNTIME,
        state=STATE,
        settings=SETTINGS,
        roundcube=ROUNDCUBE,
    )
    config_file(
        name="webmail: webmail.service",
        template="webmail/webmail.service.j2",
        path=UNIT,
        wanted=wanted,
        php=PHP,
        pool=POOL,
        hosts=HOSTS,
        settings=SETTINGS,
        state=STATE,
        schema=SCHEMA,
    )
    for unit in host.loop(UPKEEP):
        folder = f"/etc/systemd/system/{unit}.service.d"
        files.directory(name=f"webmail: settings folder of {unit}", path=folder)
        config_file(
            name=f"webmail: settings of {unit}",
            template="webmail/upkeep.conf.j2",
            path=f"{folder}/administration.conf",
            state=STATE,
            owner=USER,
        )
    config_file(
        name="webmail: copy of what people keep in it",
        template="webmail/webmail-copy.service.j2",
        path=f"/etc/systemd/system/{COPY_UNIT}",
        state=STATE,
        copy=COPY,
        owner=USER,
    )
    service(
        name="webmail: runs in its present sandbox, on its present schema",
        unit="webmail.service",
        watches=[UNIT, SCHEMA, HOSTS],
    )
    service(
        name="webmail: runs with its present settings",
        unit="webmail.service",
        watches=[POOL, ROUNDCUBE_SETTINGS, KEY, AUTHORITY],
        reload=True,
    )


def _front(wanted: WebmailConfig, asked: Doors) -> None:
    doors(asked)
    config_file(
        name="webmail: page shown when it is down",
        template="common/unavailable.html",
        path=f"{SETTINGS}/unavailable.html",
    )
    config_file(
        name="webmail: nginx configuration is valid and in place",
        template="webmail/nginx.conf.j2",
        path=NGINX,
        check="nginx -q -t -c {}",
        wanted=wanted,
        roundcube=ROUNDCUBE,
        runtime=RUNTIME,
        settings=SETTINGS,
        doors=asked,
        authority=AUTHORITY,
    )
    service(
        name="webmail: nginx runs with its present configuration",
        unit="nginx.service",
        watches=[NGINX, *CERTIFICATE],
        reload=True,
    )
    config_file(
        name="webmail: check-webmail",
        template="webmail/check-webmail.j2",
        path="/usr/local/sbin/check-webmail",
        mode="755",
        wanted=wanted,
        authority=AUTHORITY,
    )
