"""A run that is told to stop says so, says what was done, and fails: Ctrl-C, a closed terminal, a stopped CI job."""

import signal
from typing import Any

import gevent

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class InterruptedRunError(BaseException):
    """Somebody or something stops the run; no `except Exception` of a host may swallow it."""

    def __init__(self, number: int) -> None:
        self.status = 128 + number  # what a shell says of a command that a signal ended
        self.said = "nothing was changed"
        super().__init__(signal.Signals(number).name)


_listening: list[Any] = []


def listen() -> None:
    """From now on, the signals that end a run are an exception where the run waits for its hosts."""
    run = gevent.getcurrent()
    for number in SIGNALS:
        _listening.append(
            gevent.signal_handler(number, lambda number=number: gevent.kill(run, InterruptedRunError(number)))
        )


def listen_no_more() -> None:
    """The run is over: from now on, they end what is left of the process as they end any other."""
    while _listening:
        _listening.pop().cancel()
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
