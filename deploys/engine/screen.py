"""The terminal, or what stands for it: shown no secret, and free to close while we work (`make plan | head`)."""

import os
import sys
from typing import Any, TextIO

from inventory.secrets import masked


class Screen:
    """A stream that takes what it is given; once it is broken, nothing more goes there."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.trouble: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            self._stream.write(masked(text))
        except OSError as error:
            self._give_up(error)
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.trouble = error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())  # also for what Python still holds back, until it exits
        os.close(nowhere)


def guard() -> Screen:
    """Put a screen before standard output and standard error; returns that of the output."""
    sys.stdout, sys.stderr = Screen(sys.stdout), Screen(sys.stderr)
    return sys.stdout
