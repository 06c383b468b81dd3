"""How much one run may take away: inventory/platform.yaml says, and only a reason that is recorded lifts it."""

from collections import Counter
from collections.abc import Iterator

from deploys.engine.change import Plan
from deploys.engine.mistakes import SaidError
from inventory.model import Administration
from roles.common.commands import Removed
from roles.mail.config import config_of

LISTED: dict[str, str] = {"mailbox": "mailboxes", "alias": "aliases"}


class TooManyRemovalsError(SaidError):
    """A plan takes away more than one run may."""


def check_removals(plan: Plan, administration: Administration, reason: str) -> None:
    """Raises TooManyRemovalsError where a plan needs a reason, and has none."""
    if reason:
        return
    removals = administration.platform.removals
    people = sum(1 for _ in administration.people())
    allowed: dict[Removed, int] = {
        "account": removals.accounts_of(people),
        "share": removals.shares,
        "vlan": removals.vlans,
        "record": removals.records,
    }
    counted: Counter[str] = Counter(line.removes for change in plan.changes for line in change.lines if line.removes)
    over = [
        f"{counted[kind]} {kind}s would be removed, and one run may remove {limit}"
        for kind, limit in allowed.items()
        if counted[kind] > limit
    ]
    over += _lost(plan, administration)
    if over:
        raise TooManyRemovalsError(
            f"{'; '.join(over)} (removals in inventory/platform.yaml): if that is right, say why with REASON='…'"
        )


def _lost(plan: Plan, administration: Administration) -> Iterator[str]:
    """The lists of mail that would lose too much: a server that renders less than it had takes people's mail away."""
    left = {  # a line of the inventory says that these go
        f"mailbox {institution.address_of(person)}: remove"
        for institution in administration.institutions.values()
        for person in institution.people
        if person.left is not None
    }
    for server in administration.mail_servers:
        wanted = config_of(administration, server)
        kept = {"mailbox": len(wanted.mailboxes) + len(wanted.shared), "alias": len(wanted.aliases)}
        for change in plan.changes:
            gone = Counter(line.removes for line in change.lines if line.removes in LISTED and line.text not in left)
            for kind, number in gone.items() if change.host == server.name else ():
                existing = kept[kind] + number
                limit = administration.platform.removals.addresses_of(existing)
                if number > limit:
                    path = change.lines[0].text.partition(":")[0]
                    yield (
                        f"{path} of {server.name} would lose {number} of its {existing} {LISTED[kind]}, "
                        f"and one run may remove {limit}"
                    )
