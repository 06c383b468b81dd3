"""Open mailboxes."""

from collections.abc import Iterable

from pyinfra.api import FactBase


class LoggedIn(FactBase[set[str]]):
    """The addresses that have a mailbox open."""

    default = set[str]

    def requires_command(self) -> str:
        return "doveadm"

    def command(self) -> str:
        return "! systemctl --quiet is-active dovecot.service || doveadm -f tab who -1"

    def process(self, output: Iterable[str]) -> set[str]:
        return {line.split("\t")[0] for line in output if line} - {"username"}
