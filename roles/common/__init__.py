"""What every role needs and pyinfra lacks: safe files, services that converge on state, ports for the firewall."""

from roles.common.accounts import local_group, local_user
from roles.common.admission import admitted
from roles.common.files import config_file, copied_file, only_files, secret_file
from roles.common.packages import packages
from roles.common.ports import Port
from roles.common.services import service, stopped

__all__ = [
    "Port",
    "admitted",
    "config_file",
    "copied_file",
    "local_group",
    "local_user",
    "only_files",
    "packages",
    "secret_file",
    "service",
    "stopped",
]
