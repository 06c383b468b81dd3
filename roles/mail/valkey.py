"""Valkey: what rspamd remembers from one message to the next. Mail flows without it."""

from pyinfra.operations import files

from roles.common import config_file, service

UNIT = "valkey-server.service"
SETTINGS = "/etc/valkey/administration.conf"
UNIT_SETTINGS = f"/etc/systemd/system/{UNIT}.d/administration.conf"


def valkey_settings() -> None:
    """Ensure the settings, before the package: Debian starts what it installs, and then it has no network port."""
    for file, template in ((SETTINGS, "valkey.conf"), (UNIT_SETTINGS, "unit.conf")):
        files.directory(name=f"mail: folder of {file}", path=file.rpartition("/")[0])
        config_file(name=f"mail: valkey's {template}", template=f"mail/valkey/{template}", path=file)


def valkey() -> None:
    """Ensure the service."""
    service(name="mail: valkey runs with its present settings", unit=UNIT, watches=[SETTINGS, UNIT_SETTINGS])
