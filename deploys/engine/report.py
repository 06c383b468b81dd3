"""The end of a run, in a few lines: what changed, what failed, what was not reached."""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic

from deploys.engine.session import Session, Step


@dataclass
class Report:
    """Counts of what was done, by host; each change is shown as it happens."""

    hosts: list[str]
    started: float = field(default_factory=monotonic)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)

    def step(self, step: Step, changed: bool) -> None:
        host = str(step.host.name)
        (self.changed if changed else self.unchanged)[host] += 1
        if changed:
            print(f"  {host:<12} {step.name}", flush=True)

    def finish(self, session: Session) -> int:
        """Print the table; returns the exit status: 1 where a host failed or was not reached."""
        print(f"{'host':<14}{'changed':>8}{'unchanged':>11}")
        for host in self.hosts:
            print(f"{host:<14}{self.changed[host]:>8}{self.unchanged[host]:>11}  {_note(session, host)}".rstrip())
        bad = sorted({*session.failures, *session.unreachable})
        total = f"{self.changed.total()} changed, {len(bad)} failed, {monotonic() - self.started:.0f} s"
        print(f"{total}{': ' + ', '.join(bad) if bad else ''}", flush=True)
        return 1 if bad else 0


def _note(session: Session, host: str) -> str:
    if host in session.unreachable:
        return f"UNREACHABLE: {session.unreachable[host]}"
    return f"FAILED: {session.failures[host]}" if host in session.failures else ""
