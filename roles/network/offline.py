"""A plan from the configurations that history kept: the same comparison, and no device is asked.

What only a device can say is not known then: who is plugged in (so a VLAN with people in it is not refused here), what
it has saved, and whether a secret is still the one that we gave it, since history keeps none.
"""

from collections.abc import Mapping

from nornir.core.inventory import Host
from nornir.core.task import MultiResult, Result

from inventory.masking import SHOWN
from roles.network.change import Outcome, Target
from roles.network.history import History
from roles.network.plan import plan
from roles.network.processes import side_by_side
from roles.network.scrub import scrubbed

UNKNOWN = "history has no configuration of it: `make lan PLAN=1` fetches one"


def from_history(targets: Mapping[str, Target], history: History) -> dict[str, MultiResult]:
    """What each device would be sent, had it still what it ran when it was last looked at. Raises HistoryError."""
    history.prepare()  # what was hidden by its value when it was kept is hidden in the intention too
    kept = history.content(history.head(), list(targets))

    def planned(name: str) -> Outcome | str:
        return _planned(targets[name], kept[name])

    return {name: _result(name, outcome) for name, outcome in zip(targets, side_by_side(planned, targets), strict=True)}


def _planned(target: Target, kept: bytes | None) -> Outcome | str:
    """What would be done, or why nothing is."""
    if kept is None:
        return UNKNOWN
    try:
        texts = (_once(kept.decode(errors="replace")), _once(scrubbed(target.intended)))
        planned = plan(target.platform, *texts)
    except ValueError as error:
        return str(error)
    if planned.refused:
        return f"refused: {planned.refused}"
    management = any(line.part.ours for line in planned.lines)
    return Outcome(planned.texts, bool(planned.lines), planned.unmanaged, planned.why, management)


def _once(text: str) -> str:
    """Lines that only their secrets told apart are one."""
    hidden: set[str] = set()
    lines = []
    for line in text.splitlines():
        if line in hidden:
            continue
        if SHOWN in line and not line.startswith(" "):
            hidden.add(line)
        lines.append(line)
    return "\n".join(lines)


def _result(name: str, outcome: Outcome | str) -> MultiResult:
    found = MultiResult("plan")
    changed = isinstance(outcome, Outcome) and outcome.changed
    found.append(Result(Host(name=name), failed=isinstance(outcome, str), changed=changed, result=outcome))
    return found
