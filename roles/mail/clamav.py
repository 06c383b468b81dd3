"""ClamAV: what rspamd asks about viruses. Without it mail waits at its sender."""

from pyinfra import host
from pyinfra.operations import files

from roles.common import config_file, service, stopped
from roles.mail.config import MailConfig

FOLDER = "/etc/clamav"
OWN = "/var/lib/clamav/administration.ndb"
SETTINGS = f"{FOLDER}/clamd.conf"
CHECK = "/usr/local/sbin/check-clamd"
FED, FEEDS = f"{FOLDER}/mirror", f"{FOLDER}/freshclam.conf"
DAEMON, SOCKET, FEEDER = "clamav-daemon.service", "clamav-daemon.socket", "clamav-freshclam.service"
AT_BOOT = ("clamav-freshclam-once.timer", "clamav-freshclam-once.service")  # the daemon does it, where it runs


def clamav_settings() -> None:
    """Ensure, before the packages, that what fetches signatures does not start: Debian's asks the Internet."""
    _unit(FEEDER, "freshclam-unit.conf")


def clamav(wanted: MailConfig) -> None:
    """Ensure the administration's own signatures, the settings, the services, and where more signatures come from."""
    config_file(name="mail: the administration's own signatures", template="mail/clamav/administration.ndb", path=OWN)
    config_file(name="mail: check of clamd settings", template="mail/clamav/check-clamd", path=CHECK, mode="755")
    config_file(
        name="mail: clamd.conf is valid and in place",
        template="mail/clamav/clamd.conf.j2",
        path=SETTINGS,
        check=f"{CHECK} {{}}",
        wanted=wanted,
    )
    for unit in host.loop(AT_BOOT):
        stopped(name=f"mail: no {unit}", unit=unit)
    units = [_unit(SOCKET, "socket.conf"), _unit(DAEMON, "unit.conf")]
    service(name="mail: the socket of clamd is open", unit=SOCKET, watches=units[:1])
    service(name="mail: clamd runs with its present settings", unit=DAEMON, watches=[SETTINGS, *units])
    service(name="mail: clamd knows the present signatures", unit=DAEMON, watches=[OWN], reload=True)
    if wanted.viruses:
        config_file(
            name="mail: where signatures come from", template="mail/clamav/freshclam.conf.j2", path=FEEDS, wanted=wanted
        )
        config_file(name="mail: signatures come", template="mail/clamav/mirror.j2", path=FED, wanted=wanted)
        service(name="mail: freshclam runs with its present settings", unit=FEEDER, watches=[FEEDS])
    else:
        stopped(name="mail: nothing fetches signatures", unit=FEEDER)


def _unit(unit: str, template: str) -> str:
    path = f"/etc/systemd/system/{unit}.d/ours.conf"  # after the extend.conf that Debian's package writes there
    files.directory(name=f"mail: settings folder of {unit}", path=path.rpartition("/")[0])
    config_file(name=f"mail: settings of {unit}", template=f"mail/clamav/{template}", path=path)
    return path
