"""A plan for people: risky changes first, then by institution and host, each with what it does."""

from collections import Counter
from collections.abc import Iterator, Sequence

from deploys.engine.change import Change, Line, Plan

MARKS = {
    "certain": "",
    "conditional": "  (as seen today: an earlier step may change it)",
    "unknown": "  (known only then)",
}
RISKS = {"lockout": "may cut our own way in", "removal": "takes something away", "interruption": "interrupts a service"}
CUT = 20  # lines of one change that are shown without -v


def shown(plan: Plan, verbose: bool) -> Iterator[str]:
    """The lines of a plan; a plan without changes has none."""
    risky = [change for change in plan.changes if change.risk]
    if risky:
        yield "Look at these first:"
        for risk, meaning in RISKS.items():
            for change in (each for each in risky if each.risk == risk):
                yield f"  {change.host}: {change.step}: {meaning}"
        yield ""
    for institution in sorted({line.institution for change in plan.changes for line in change.lines}):
        yield institution or "the platform"
        for change in plan.changes:
            lines = [line for line in change.lines if line.institution == institution]
            if lines:
                yield f"  {change.host}: {change.step}{MARKS[change.certainty]}"
                yield from _lines(lines, verbose)


def summary(plan: Plan) -> str:
    """One line: how much would change, and what of it deserves a look."""
    if not plan.changes:
        return f"nothing to change ({count(len(plan.hosts), 'machine')})"
    machines = len({change.host for change in plan.changes})
    notes: Counter[str] = Counter(change.risk for change in plan.changes if change.risk)
    notes.update(change.certainty for change in plan.changes if change.certainty != "certain")
    more = "".join(f", {kind}: {number}" for kind, number in sorted(notes.items()))
    return f"{count(len(plan.changes), 'change')} on {count(machines, 'machine')}{more}"


def failures(plan: Plan) -> Iterator[str]:
    """Why hosts could not be planned: a line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for host, why in sorted(plan.not_planned.items()):
        by_reason.setdefault(why, []).append(host)
    for why, hosts in by_reason.items():
        yield f"{', '.join(hosts)}: {'' if why.startswith('unreachable: ') else 'cannot be planned: '}{why}"


def order(changes: list[tuple[str, Change]], stages: Sequence[Sequence[str]]) -> tuple[Change, ...]:
    """By host, each in the order in which it is done: a router is a host, and a device between two stages of it."""
    numbers = {deploy: number for number, stage in enumerate(stages) for deploy in stage}
    return tuple(change for _, change in sorted(changes, key=lambda each: (each[1].host, numbers[each[0]])))


def _lines(lines: list[Line], verbose: bool) -> Iterator[str]:
    cut = len(lines) if verbose or len(lines) <= CUT + 1 else CUT
    yield from (f"      {line.text}" for line in lines[:cut])
    if cut < len(lines):
        yield f"      … and {len(lines) - cut} lines more (V=1 shows them)"


def count(number: int, one: str, many: str = "") -> str:
    """So many of a thing."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
