"""The switch behind its sessions: running and startup configuration, and the data plane that they drive."""

import os
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Protocol

from .config import Config
from .faults import Faults
from .grammar import Refused


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


@dataclass(frozen=True)
class Pending:
    """A change that goes back by itself at `deadline` unless `user` confirms it. No session is part of it."""

    user: str
    minutes: int
    deadline: float
    before: Config


class Switch:
    def __init__(self, plane: DataPlane, startup: Path, minute: float = 60.0) -> None:
        self.plane = plane
        self.startup = startup
        self.minute = minute  # its length in seconds: tests have shorter ones
        self.config = Config()
        self.pending: Pending | None = None
        self.faults = Faults()
        self.went_back = 0  # times: a session in the middle of a section is out of it

    def arm(self, user: str, minutes: int) -> str:
        """Keep the running configuration and go back to it in time; returns where it is kept. Raises Refused."""
        if self.config.archive is None:
            raise Refused("%Turn config archive on before using Rollback Confirmed Change")
        if self.pending:
            raise Refused(f"%Rollback Confirmed Change is already pending, by {self.pending.user}")
        if not 1 <= minutes <= 120:
            raise Refused("% Invalid input detected at '^' marker.")
        self.pending = Pending(user, minutes, monotonic() + minutes * self.minute, deepcopy(self.config))
        return f"{self.config.archive}-1"

    def confirm(self, user: str) -> None:
        self._owned(user)
        self.pending = None

    def revert(self, user: str) -> None:
        self._go_back(self._owned(user))

    def tick(self) -> None:
        """Time goes on: what was not confirmed in time goes back."""
        if self.pending and monotonic() >= self.pending.deadline:
            self._go_back(self.pending)

    def _owned(self, user: str) -> Pending:
        if self.pending is None:
            raise Refused("%No Rollback Confirmed Change pending")
        if self.pending.user != user:
            raise Refused(f"%Rollback Confirmed Change pending belongs to {self.pending.user}")
        return self.pending

    def _go_back(self, pending: Pending) -> None:
        self.config, self.pending = pending.before, None
        self.went_back += 1
        self.plane.apply(self.config)

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
