"""A data plane of a switch without cables: for many switches in one process, and for reading a configuration."""

from .machine import Learned
from .meaning import Meaning


class Unplugged:
    def apply(self, meaning: Meaning) -> None:
        """Nothing carries frames."""

    def links(self) -> dict[str, bool]:
        return {}

    def learned(self) -> list[Learned]:
        return []
