"""The end of a run, in a few lines: what changed, what failed, what was not reached."""

from collections import Counter
from collections.abc import Iterable, Mapping

from deploys.engine.events import Events


def table(events: Events, hosts: Iterable[str], notes: Mapping[str, str], seconds: float) -> bool:
    """Tell how each host ended; `notes` are of those that did not end well. Returns whether all did."""
    events.say(f"  {'host':<14}{'changed':>8}{'of':>5}{'seconds':>9}")
    for host in sorted({*hosts, *notes}):
        counts = f"{events.changed[host]:>8}{max(events.planned[host], events.changed[host]):>5}"
        took = events.seconds.get(host, 0.0)
        events.say(f"  {host:<14}{counts}{took:>9.1f}  {notes.get(host, '')}".rstrip())
        events.tell("host", host=host, changed=events.changed[host], seconds=round(took, 1), note=notes.get(host, ""))
    bad = sorted(notes)
    kinds = Counter(note.partition(":")[0] for note in notes.values())
    others = "".join(
        f", {kinds[kind]} {kind.lower()}" for kind in ("UNREACHABLE", "NOT PLANNED", "NOT DONE") if kinds[kind]
    )
    total = f"{events.changed.total()} changed, {kinds['FAILED']} failed{others}, {seconds:.1f} s"
    events.say(f"  {total}{': ' + ', '.join(bad) if bad else ''}")
    events.tell("end", changed=events.changed.total(), failed=bad, seconds=round(seconds, 1))
    return not bad
