"""A data plane of a switch without cables: for many switches in one process, and for reading a configuration."""

from .lldp import Neighbour
from .machine import Learned
from .meaning import Meaning


class Unplugged:
    def apply(self, meaning: Meaning) -> None:
        """Nothing carries frames."""

    def links(self) -> dict[str, bool]:
        return {}

    def learned(self) -> list[Learned]:
        return []

    def shut(self) -> dict[str, str]:
        return {}

    def neighbours(self) -> list[Neighbour]:
        return []
