"""What happens in a run, as it happens: a line a step for people, JSON lines for machines (`--json`)."""

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any, TextIO

from deploys.engine import log


@dataclass
class Events:
    """What was done so far, host by host, and where it is told."""

    as_json: bool = False
    screen: TextIO = field(default_factory=lambda: sys.stdout)
    planned: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    began: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    done: list[tuple[str, str]] = field(default_factory=list)
    running: dict[str, str] = field(default_factory=dict)

    def begins(self, host: str, step: str) -> None:
        self.began.setdefault(host, monotonic())
        self.running[host] = step
        self.tell("begins", host=host, step=step)

    def ends(self, host: str, step: str, changed: bool) -> None:
        self.running.pop(host, None)
        self.seconds[host] = monotonic() - self.began[host]
        if changed:
            self.changed[host] += 1
            self.done.append((host, step))
            of = max(self.planned[host], self.changed[host])
            self.say(f"    {host:<14}{self.changed[host]:>3}/{of}  {step}")
        self.tell("done" if changed else "nothing to do", host=host, step=step)

    def fails(self, host: str, step: str, why: str) -> None:
        """People read it in the table at the end."""
        self.running.pop(host, None)
        self.seconds[host] = monotonic() - self.began[host]
        self.tell("failed", host=host, step=step, why=why)

    def say(self, text: str) -> None:
        """A line for people."""
        if not self.as_json:
            print(text, file=self.screen, flush=True)
        log.note(text)

    def tell(self, event: str, **values: Any) -> None:
        """A line for machines."""
        if self.as_json:
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            print(json.dumps({"at": at, "event": event, **values}, ensure_ascii=False), file=self.screen, flush=True)
