"""What every role needs and pyinfra lacks: safe files, services that converge on state, ports for the firewall."""

from roles.common.files import config_file, secret_file
from roles.common.ports import Port
from roles.common.services import service

__all__ = ["Port", "config_file", "secret_file", "service"]
