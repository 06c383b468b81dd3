"""Time: chrony, served by the domain controllers, followed by everybody else."""

from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration, Machine
from roles.common import config_file, packages, service
from roles.common.health import Health
from roles.timekeeping.config import time_config

PACKAGES = ["chrony"]
CONFIG, OPTIONS, UNIT = "/etc/chrony/chrony.conf", "/etc/default/chrony", "/etc/systemd/system/chrony.service.d"
HEALTH = Health(("chrony",))


@deploy("Time")
def timekeeping(administration: Administration, machine: Machine) -> None:
    """Ensure that a machine keeps the administration's time."""
    cfg = time_config(administration, machine)
    packages(name="time: packages", names=PACKAGES)
    config_file(
        name="time: chrony.conf",
        template="timekeeping/chrony.conf.j2",
        path=CONFIG,
        check="chronyd -p -f {} >/dev/null",
        cfg=cfg,
    )
    config_file(name="time: options", template="timekeeping/chrony.default.j2", path=OPTIONS, cfg=cfg)
    files.directory(name="time: unit settings folder", path=UNIT)
    config_file(
        name="time: unit settings",
        template="timekeeping/chrony.service.conf.j2",
        path=f"{UNIT}/administration.conf",
        cfg=cfg,
    )
    service(name="time: chrony runs", unit="chrony.service", watches=[CONFIG, OPTIONS, UNIT])
