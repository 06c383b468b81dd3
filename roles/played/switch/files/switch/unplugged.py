"""A data plane of a switch without cables: for many switches in one process, and for reading a configuration."""

from .counters import Inspected
from .lldp import Neighbour
from .machine import Learned
from .meaning import Meaning
from .snooping import Binding


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

    def inconsistent(self) -> list[str]:
        return []

    def bindings(self) -> list[Binding]:
        return []

    def inspected(self) -> dict[int, Inspected]:
        return {}

    def violations(self) -> dict[str, int]:
        return {}
