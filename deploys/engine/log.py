"""pyinfra's own output: the whole of it in a file, errors on the screen, everything with -v. No secret in either."""

import logging
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from pyinfra import logger

from inventory.secrets import masked

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(COLOURS.sub("", super().format(record)))


def start(folder: Path, verb: str, verbose: bool) -> Path:
    """Send pyinfra's output to a new file in a folder; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    # Two runs may begin in one second: the process tells them apart.
    path = folder / f"{verb}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.log"
    path.touch(mode=0o600)
    whole = logging.FileHandler(path)
    whole.setFormatter(_Plain("%(message)s"))
    screen = logging.StreamHandler(sys.stderr)
    screen.setFormatter(_Plain("%(message)s"))
    screen.setLevel(logging.INFO if verbose else logging.ERROR)
    logger.setLevel(logging.INFO)
    logger.addHandler(whole)
    logger.addHandler(screen)
    return path


def note(text: str) -> None:
    """A line for the file alone: the screen has it already."""
    for handler in logger.handlers:
        if isinstance(handler, logging.FileHandler):
            handler.emit(logging.LogRecord("deploys", logging.INFO, "", 0, text, None, None))
