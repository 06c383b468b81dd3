"""How much one run may take away: inventory/platform.yaml says, and only a reason that is recorded lifts it."""

from collections import Counter

from deploys.engine.change import Plan
from deploys.engine.mistakes import SaidError
from inventory.model import Administration
from roles.common.commands import Removed


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
    if over:
        raise TooManyRemovalsError(
            f"{'; '.join(over)} (removals in inventory/platform.yaml): if that is right, say why with REASON='…'"
        )
