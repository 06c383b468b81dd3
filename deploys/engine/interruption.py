"""A run that is told to stop says so, says what was done, and fails: Ctrl-C, a closed terminal, a stopped CI job."""

import signal
from types import FrameType


class InterruptedRunError(BaseException):
    """Somebody or something stops the run; no `except Exception` of a host may swallow it."""

    def __init__(self, number: int) -> None:
        self.status = 128 + number  # what a shell says of a command that a signal ended
        super().__init__(signal.Signals(number).name)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise InterruptedRunError(number)


def listen() -> None:
    """Turn the signals that end a run into an exception."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
