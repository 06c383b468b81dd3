"""What a controller does by itself: fetches SYSVOL, backs the domain up; and the check that a deploy asks it for."""

from pyinfra import host
from pyinfra.operations import files

from roles.common import config_file, copied_file, service
from roles.directory.facts import PROGRAMS

PROGRAMS_THERE = "/usr/local/sbin"
CHECK = "check-replication"
BACKUPS, KEPT = "/var/backups/directory", 14  # nights
UNITS = ("sync-sysvol", "backup-directory")


def programs() -> None:
    """Ensure the programs, before anything asks for them."""
    for name in host.loop([CHECK, "sync-sysvol"]):
        copied_file(
            name=f"directory: {name}",
            source=PROGRAMS / f"{name.replace('-', '_')}.py",
            path=f"{PROGRAMS_THERE}/{name}",
            mode="755",
        )
    files.directory(name="directory: folder of backups", path=BACKUPS, mode="700")
    config_file(
        name="directory: backup-directory",
        template="directory/backup-directory",
        path=f"{PROGRAMS_THERE}/backup-directory",
        mode="755",
        folder=BACKUPS,
        keep=KEPT,
    )


def timers() -> None:
    """Ensure that they run when it is time; SYSVOL is fetched at once where it never was."""
    for unit in host.loop([f"{name}.{kind}" for name in UNITS for kind in ("service", "timer")]):
        config_file(name=f"directory: {unit}", template=f"directory/{unit}", path=f"/etc/systemd/system/{unit}")
    for name in host.loop(UNITS):
        units = [f"/etc/systemd/system/{name}.{kind}" for kind in ("service", "timer")]
        service(name=f"directory: {name} has its times", unit=f"{name}.timer", watches=units)
