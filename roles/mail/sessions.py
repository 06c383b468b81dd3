"""Open mailboxes."""

from collections.abc import Iterable

from pyinfra.api import FactBase


def opened(address: str, groups: Iterable[str] = ()) -> str:
    """What somebody has open, as facts and programs name it: whose, and with the rights of which groups."""
    rights = ",".join(groups)
    return f"{address} ({rights})" if rights else address


class LoggedIn(FactBase[set[str]]):
    """What is open: each address, with the groups that it had when it logged in."""

    default = set[str]

    def requires_command(self) -> str:
        return "doveadm"

    def command(self) -> str:
        return "! systemctl --quiet is-active dovecot.service || doveadm -f tab who -1"

    def process(self, output: Iterable[str]) -> set[str]:
        titles, *rows = [line.split("\t") for line in output if line] or [[]]
        found = [dict(zip(titles, row, strict=False)) for row in rows]
        # The column is there once somebody is in who has rights on a shared mailbox.
        return {opened(row["username"], filter(None, [row.get("user_rights", "")])) for row in found}
