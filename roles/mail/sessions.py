"""Open mailboxes: a reload leaves them open, so whoever left the inventory is shown out here."""

from collections.abc import Generator, Iterable

from pyinfra import host
from pyinfra.api import FactBase, QuoteString, operation

from roles.common.commands import Explained


class LoggedIn(FactBase[set[str]]):
    """The addresses that have a mailbox open."""

    default = set[str]

    def requires_command(self) -> str:
        return "doveadm"

    def command(self) -> str:
        return "! systemctl --quiet is-active dovecot.service || doveadm -f tab who -1"

    def process(self, output: Iterable[str]) -> set[str]:
        return {line.split("\t")[0] for line in output if line} - {"username"}


@operation()
def only(addresses: Iterable[str]) -> Generator[Explained, None, None]:
    """
    Ensure that nobody else has a mailbox open.

    + addresses: who may
    """
    strangers = sorted(set(host.get_fact(LoggedIn)).difference(addresses))
    if not strangers:
        host.noop("nobody else has a mailbox open")
    for address in strangers:
        yield Explained("doveadm", "kick", QuoteString(address), changes=[f"close the open mailbox of {address}"])
