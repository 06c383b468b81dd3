"""Stdin that is made when the command runs: a plan decrypts nothing."""

from collections.abc import Callable


class Late:
    """What a command reads, as pyinfra reads it from a file."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def readlines(self) -> list[str]:
        return self._make().splitlines(keepends=True)
