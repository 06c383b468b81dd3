"""The switch behind its sessions: running and startup configuration, and the data plane that they drive."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .config import Config


@dataclass(frozen=True)
class Learned:
    """A MAC address that the switch has seen."""

    vlan: int
    mac: str
    port: str


class DataPlaneError(Exception):
    """The data plane did not take the configuration."""


class DataPlane(Protocol):
    """What carries the frames."""

    def apply(self, config: Config) -> None:
        """Make the ports do what the configuration says. Raises DataPlaneError."""

    def links(self) -> dict[str, bool]:
        """The ports that have a cable, and whether its other end is up."""

    def learned(self) -> list[Learned]:
        """The MAC address table."""


class Switch:
    def __init__(self, plane: DataPlane, startup: Path) -> None:
        self.plane = plane
        self.startup = startup
        self.config = Config()

    @property
    def saved(self) -> str | None:
        return self.startup.read_text() if self.startup.exists() else None

    def save(self) -> None:
        """Write the startup configuration in one step: it may hold secrets, so it is never readable by others."""
        partial = self.startup.with_suffix(".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self.config.render() + "\nend\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.startup)
