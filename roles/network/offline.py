"""A plan from the configurations that history kept: the same comparison, and no device is asked.

What only a device can say is not known then: who is plugged in (so a VLAN with people in it is not refused here), what
it has saved, and whether a secret is still the one that we gave it, since history keeps none.
"""

from collections.abc import Mapping

from nornir.core.inventory import Host
from nornir.core.task import MultiResult, Result

from roles.network.change import Outcome, Target
from roles.network.history import History
from roles.network.plan import plan
from roles.network.planner import Part
from roles.network.scrub import scrubbed

UNKNOWN = "history has no configuration of it: `make lan PLAN=1` fetches one"


def from_history(targets: Mapping[str, Target], history: History) -> dict[str, MultiResult]:
    """What each device would be sent, had it still what it ran when it was last looked at. Raises HistoryError."""
    history.prepare()  # what was hidden by its value when it was kept is hidden in the intention too
    kept = history.content(history.head(), list(targets))
    return {name: _result(name, target, kept[name]) for name, target in targets.items()}


def _result(name: str, target: Target, kept: bytes | None) -> MultiResult:
    found = MultiResult("plan")
    found.append(_planned(Host(name=name), target, kept))
    return found


def _planned(host: Host, target: Target, kept: bytes | None) -> Result:
    if kept is None:
        return Result(host, failed=True, result=UNKNOWN)
    try:
        planned = plan(target.platform, kept.decode(errors="replace"), scrubbed(target.intended))
    except ValueError as error:
        return Result(host, failed=True, result=str(error))
    if planned.refused:
        return Result(host, failed=True, result=f"refused: {planned.refused}")
    management = any(line.part > Part.REST for line in planned.lines)
    outcome = Outcome(planned.texts, bool(planned.lines), planned.unmanaged, planned.why, management)
    return Result(host, changed=outcome.changed, result=outcome)
