"""pyinfra's own output: the whole of it in a file, errors on the screen, everything with -v."""

import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from pyinfra import logger

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return COLOURS.sub("", super().format(record))


def start(folder: Path, verb: str, verbose: bool) -> Path:
    """Send pyinfra's output to a new file in a folder; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{verb}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"
    whole = logging.FileHandler(path)
    whole.setFormatter(_Plain("%(message)s"))
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(logging.INFO if verbose else logging.ERROR)
    logger.setLevel(logging.INFO)
    logger.addHandler(whole)
    logger.addHandler(screen)
    return path
