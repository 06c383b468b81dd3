"""Who works on devices: one process a core, each with its own devices and their sessions for a whole run.

What takes time is the processor's (SSH, parsing, comparing), and Python's threads share one core. A device stays with
the process that looked at it, so that its session serves for the change too.
"""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock, Thread
from types import TracebackType
from typing import Protocol, cast

from netmiko import BaseConnection
from netmiko.exceptions import NetmikoBaseException
from paramiko.ssh_exception import SSHException

from inventory.secrets import masked
from roles.network.change import ChangeError, Outcome, Target, apply, plan
from roles.network.connection import Device, NoAnswerError, connected
from roles.network.guard import GuardError
from roles.network.kept import MOST, Kept
from roles.network.listening import Listening, listened
from roles.network.scrub import scrubbed
from roles.network.way import reached

FEW = 16  # for less, processes cost more than they give
EXPECTED = (ChangeError, GuardError, NetmikoBaseException, SSHException, OSError, ValueError)

Work = Callable[[Target, BaseConnection], Outcome]


@dataclass(frozen=True)
class Did:
    """What came of work on a device: its outcome, or why there is none, in words that people may see."""

    outcome: Outcome | None
    said: str = ""
    configuration: str = ""  # what it last said that it runs, as it may be kept
    note: str = ""  # on the way to it
    silent: bool = False  # nothing answered at its addresses


# Its device goes back by itself: nothing of it was confirmed.
DIED = Did(None, "the process that worked on it died: what the device was sent, if anything, it takes back by itself")


class Worker(Protocol):
    def look(self, name: str, only_plan: bool, until: float) -> Did:
        """Compare what it runs with what is intended. `until`: how long it is asked for, as monotonic() counts."""

    def change(self, name: str, expected: Sequence[str] | None) -> Did:
        """Send what is intended, and nothing but the expected lines where these are known."""


class Hand:
    """The work itself, on devices of one process."""

    def __init__(self, targets: Mapping[str, Target], reach: Mapping[str, Device]) -> None:
        self._targets, self._reach, self._kept = targets, reach, Kept()

    def close(self) -> None:
        self._kept.close()

    def look(self, name: str, only_plan: bool, until: float) -> Did:
        def work(target: Target, connection: BaseConnection) -> Outcome:
            outcome = plan(connection, target)
            # What needs nothing is held against its show commands at once.
            return outcome if only_plan or outcome.changed else apply(connection, target, ())

        return self._do(name, work, until, keep=not only_plan)

    def change(self, name: str, expected: Sequence[str] | None) -> Did:
        device = self._reach[name]
        # Whoever asked for the console gets in by it; else the network is what must work, at the new address.
        way = device.console if device.by_console else name

        def work(target: Target, connection: BaseConnection) -> Outcome:
            lines = None if expected is None else tuple(expected)
            return apply(connection, target, lines, lambda: listened(connection, connected(device, way)))

        return self._do(name, work)

    def _do(self, name: str, work: Work, until: float | None = None, keep: bool = False) -> Did:
        heard = None
        try:
            with self._kept.session(name, lambda: reached(self._reach[name], until)) as (way, session):
                heard = Listening(way.connection, self._reach[name].platform)
                target = replace(self._targets[name], console=way.console)
                outcome = work(target, cast(BaseConnection, heard))
                if keep and outcome.changed:
                    self._kept.keep(name, way, session)
        except EXPECTED as error:
            said = masked(" ".join(str(error).split()))  # a refused line is quoted as it was sent
            return Did(None, said, _kept(heard), silent=isinstance(error, NoAnswerError))
        return Did(outcome, configuration=_kept(heard), note=way.note)


def _kept(heard: Listening | None) -> str:
    """Without secrets; scrubbing is the processor's work too."""
    return scrubbed(heard.configuration) if heard and heard.configuration else ""


class Hands:
    """All of them. To be made where no thread runs: a child has one of them only."""

    def __init__(self, targets: Mapping[str, Target], reach: Mapping[str, Device]) -> None:
        cores = len(os.sched_getaffinity(0)) if len(targets) >= FEW else 1
        self._open = ExitStack()
        hands = [self._here(Hand(targets, reach)) if cores == 1 else self._there(targets, reach) for _ in range(cores)]
        self._of: dict[str, Worker] = {name: hands[number % cores] for number, name in enumerate(targets)}

    def __enter__(self) -> "Hands":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def look(self, name: str, only_plan: bool, until: float) -> Did:
        return self._of[name].look(name, only_plan, until)

    def change(self, name: str, expected: Sequence[str] | None) -> Did:
        return self._of[name].change(name, expected)

    def _here(self, hand: Hand) -> Worker:
        self._open.callback(hand.close)
        return hand

    def _there(self, targets: Mapping[str, Target], reach: Mapping[str, Device]) -> Worker:
        elsewhere = _Elsewhere(Hand(targets, reach))
        self._open.callback(elsewhere.close)
        return elsewhere


@dataclass
class _Elsewhere:
    """A hand in a process of its own: requests go there, answers come back in any order."""

    hand: Hand
    _lock: Lock = field(default_factory=Lock)
    _numbers: "count[int]" = field(default_factory=count)
    _asked: dict[int, Future[Did]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        context = get_context("fork")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self.hand, theirs, self._line), daemon=True)
        self._process.start()
        theirs.close()
        self._reader: Thread | None = None

    def close(self) -> None:
        """What is under way ends first."""
        with self._lock, suppress(OSError):  # one that died needs no word
            self._line.send(None)
        self._process.join()
        self._line.close()

    def look(self, name: str, only_plan: bool, until: float) -> Did:
        return self._ask("look", name, only_plan, until)

    def change(self, name: str, expected: Sequence[str] | None) -> Did:
        return self._ask("change", name, expected)

    def _ask(self, what: str, *about: object) -> Did:
        answer: Future[Did] = Future()
        with self._lock:
            number = next(self._numbers)
            self._asked[number] = answer
            if self._reader is None:  # not before: the other processes are forked by now
                self._reader = Thread(target=self._read, daemon=True)
                self._reader.start()
            try:
                self._line.send((number, what, about))
            except OSError:
                return DIED
        return answer.result()

    def _read(self) -> None:
        while True:
            try:
                number, did, error = self._line.recv()
            except (EOFError, OSError):
                for answer in self._asked.values():
                    answer.set_result(DIED)
                return
            answer = self._asked.pop(number)
            if error:
                answer.set_exception(RuntimeError(error))
            else:
                answer.set_result(did)


def _serve(hand: Hand, line: Connection, ours: Connection) -> None:
    """Work until there is no more, or nobody who asks."""
    ours.close()  # else we would not notice that our parent died
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is asked to stop is our parent: what is under way ends
    lock = Lock()

    def answered(number: int, what: str, about: tuple[object, ...]) -> None:
        try:
            answer = number, getattr(hand, what)(*about), ""
        except Exception as error:  # a defect of ours: it belongs to whoever asked
            answer = number, None, f"{type(error).__name__}: {error}"
        with lock:
            line.send(answer)

    with ThreadPoolExecutor(MOST) as pool:
        while True:
            try:
                request = line.recv()
            except (EOFError, OSError):
                break
            if request is None:
                break
            pool.submit(answered, *request)
    hand.close()
