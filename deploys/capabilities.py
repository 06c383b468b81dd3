"""What each capability of a machine brings: the packages it installs, the ports it opens, what it keeps alive."""

from collections.abc import Iterable

import roles.applications
import roles.backupserver
import roles.database
import roles.dav
import roles.dhcp
import roles.directory
import roles.files
import roles.mail
import roles.mail.standby
import roles.nameserver
import roles.router
import roles.timekeeping
import roles.webmail
import roles.workstation
from inventory.model import Machine
from roles.common import Port
from roles.common.health import Health

ROLES = {
    "applications": roles.applications,
    "backupserver": roles.backupserver,
    "database": roles.database,
    "dav": roles.dav,
    "dhcp": roles.dhcp,
    "directory": roles.directory,
    "files": roles.files,
    "mail": roles.mail,
    "mailstandby": roles.mail.standby,
    "nameserver": roles.nameserver,
    "router": roles.router,
    "webmail": roles.webmail,
    "workstation": roles.workstation,
}
DEPLOYED_BY = {"mailstandby": "mail"}  # the others have the deploy of their name


def packages_of(machine: Machine) -> Iterable[str]:
    return [
        *roles.timekeeping.PACKAGES,
        *(package for capability in machine.runs for package in ROLES[capability].PACKAGES),
    ]


def ports_of(machine: Machine) -> list[Port]:
    return [port for capability in machine.runs for port in ROLES[capability].OPEN_PORTS]


def health_of(machine: Machine) -> dict[str, Health]:
    """What must live on a machine, by the deploy that brings it."""
    own = {DEPLOYED_BY.get(name, name): ROLES[name].HEALTH for name in machine.runs}
    return {"timekeeping": roles.timekeeping.HEALTH, **own}


def mail_ports() -> frozenset[int]:
    """What mail servers open: the DNS announces that, and nothing else."""
    return frozenset(port.number for port in roles.mail.OPEN_PORTS if isinstance(port.number, int))
