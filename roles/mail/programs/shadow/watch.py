"""When a copy is needed no more: its message has left the queue, and the mailboxes that it went to were copied since.

What is not known is kept: a number that is missed in the queue once may be on its way from one part of it to another,
and one that was never seen there may be about to come.
"""

import json
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STAMPS = Path("/run/mail-copy")  # of whoever copies mailboxes: when the last one that succeeded began, by mailbox
SEEN = 3  # times that a message is found before the other server is told how far it is: most are never
MISSED = 2  # times that a message is looked for in vain before it is gone
ADOPTED = 60.0  # seconds until a message of before this program began is in the queue, or never comes
ASK = 10.0  # seconds after which a copy of a mailbox is asked for, and again after as long

Queue = dict[str, dict[str, Any]]


@dataclass
class Waits:
    """A message whose copy is kept."""

    queue: str
    boxes: tuple[str, ...]  # the mailboxes that it goes to
    settled: float  # from when on it is in the queue, or is not and never will be; infinity while it is being taken in
    seen: int = 0  # looks at the queue that found it there
    missed: int = 0
    gone: float = 0.0  # when it was first missed
    asked: float = 0.0
    state: dict[str, Any] = field(default_factory=dict)  # what the other server was told of it


@dataclass
class Round:
    """What is to be told to the other server, and asked of whoever copies mailboxes."""

    drop: list[str] = field(default_factory=list)
    mark: dict[str, dict[str, Any]] = field(default_factory=dict)
    copy: set[str] = field(default_factory=set)


class Watch:
    """The messages whose copies are kept, by the name of the copy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waits: dict[str, Waits] = {}

    def __len__(self) -> int:
        return len(self._waits)

    def add(self, name: str, queue: str, boxes: tuple[str, ...]) -> None:
        """A message is about to be accepted."""
        with self._lock:
            self._waits[name] = Waits(queue, boxes, float("inf"))

    def settle(self, name: str, now: float) -> None:
        """It was, or was not; either is over."""
        with self._lock:
            if name in self._waits:
                self._waits[name].settled = now

    def adopt(self, copies: Mapping[str, tuple[str, tuple[str, ...]]], now: float) -> None:
        """The other server has these: those that are not known here are of before."""
        with self._lock:
            for name, (queue, boxes) in copies.items():
                self._waits.setdefault(name, Waits(queue, boxes, now + ADOPTED))

    def forget(self, names: Iterable[str]) -> None:
        """Their copies are gone."""
        with self._lock:
            for name in names:
                self._waits.pop(name, None)

    def look(self, queue: Queue, before: float, after: float, copied: Callable[[str], float]) -> Round:
        """What follows of the queue as it was between these moments, and of when each mailbox was last copied."""
        round_ = Round()
        with self._lock:
            for name, waits in self._waits.items():
                if waits.queue in queue:
                    waits.seen, waits.missed = waits.seen + 1, 0
                    state = _state(queue[waits.queue])
                    if state != waits.state and (state["held"] or waits.seen >= SEEN):
                        waits.state = round_.mark[name] = state
                elif before > waits.settled:
                    waits.missed += 1
                    if waits.missed == 1:
                        waits.gone = after  # what was delivered of it was before this
                    if waits.missed >= MISSED:
                        self._gone(name, waits, after, copied, round_)
        return round_

    def _gone(self, name: str, waits: Waits, now: float, copied: Callable[[str], float], round_: Round) -> None:
        behind = [box for box in waits.boxes if copied(box) < waits.gone]
        if not behind:
            round_.drop.append(name)
        elif now > max(waits.gone, waits.asked) + ASK:
            waits.asked = now
            round_.copy.update(behind)


def _state(message: dict[str, Any]) -> dict[str, Any]:
    """Whether it is held, and who has not got it yet."""
    return {
        "held": message["queue_name"] == "hold",
        "left": sorted(each["address"] for each in message["recipients"]),
    }


def in_queue() -> Queue | None:
    """What Postfix has, by number; None where it does not say."""
    try:
        asked = subprocess.run(["/usr/sbin/postqueue", "-j"], capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return None
    if asked.returncode:
        return None
    messages = (json.loads(line) for line in asked.stdout.splitlines())
    return {message["queue_id"]: message for message in messages}


def copied(box: str, stamps: Path = STAMPS) -> float:
    """When the last copy of a mailbox that succeeded began; 0: never."""
    try:
        return float((stamps / box).read_text())
    except (OSError, ValueError):
        return 0.0


def ask_for_copies(boxes: Iterable[str], stamps: Path = STAMPS) -> None:
    """Have some mailboxes copied soon."""
    for box in boxes:
        with suppress(PermissionError):  # another account asks for it at this moment
            (stamps / "ask" / box).touch()
