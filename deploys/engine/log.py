"""pyinfra's own output and that of its libraries: the whole of it in a file, on the screen only with -v. No secret."""

import logging
import os
import re
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_exception
from typing import Any

import gevent
from pyinfra import logger

from inventory.secrets import masked

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(COLOURS.sub("", super().format(record)))


class _File(logging.FileHandler):
    """A log that cannot be written any more says so once, and stops nothing."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002 (logging's name)
        error = sys.exc_info()[1]
        logger.removeHandler(self)
        print(f"{self.baseFilename}: {getattr(error, 'strerror', None) or error}: the run goes on", file=sys.stderr)


class _Complaints:
    """Where gevent prints what no code of ours caught."""

    def write(self, text: str) -> None:
        note(text.rstrip("\n"))

    def flush(self) -> None:
        pass


def start(folder: Path, verb: str, verbose: bool) -> Path:
    """Send pyinfra's output to a new file in a folder; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    # Two runs may begin in one second: the process tells them apart.
    path = folder / f"{verb}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.log"
    path.touch(mode=0o600)
    whole = _File(path)
    whole.setFormatter(_Plain("%(message)s"))
    logger.setLevel(logging.INFO)
    logger.addHandler(whole)
    if verbose:
        screen = logging.StreamHandler(sys.stderr)
        screen.setFormatter(_Plain("%(message)s"))
        logger.addHandler(screen)
    ssh = logging.getLogger("paramiko")
    ssh.setLevel(logging.WARNING)
    ssh.addHandler(whole)
    ssh.propagate = False
    gevent.get_hub().exception_stream = _Complaints()
    threading.excepthook = lambda hook: complain(hook.exc_value)
    sys.unraisablehook = lambda hook: complain(hook.exc_value)
    return path


def note(text: str) -> None:
    """A line for the file alone: the screen has it already."""
    for handler in logger.handlers:
        if isinstance(handler, logging.FileHandler):
            handler.emit(logging.LogRecord("deploys", logging.INFO, "", 0, text, None, None))


def complain(error: BaseException | Any) -> None:
    """An error with its traceback, for the file alone."""
    if isinstance(error, BaseException):
        note("".join(format_exception(error)).rstrip())
