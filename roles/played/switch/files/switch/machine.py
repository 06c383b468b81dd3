"""The switch behind its sessions: running and startup configuration, and the data plane that they drive."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from .counters import Inspected
from .faults import Faults
from .lldp import Neighbour
from .meaning import Configuration, Meaning
from .personality import Personality
from .snooping import Binding


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

    def apply(self, meaning: Meaning) -> None:
        """Make the ports do what the configuration says. Raises DataPlaneError."""

    def links(self) -> dict[str, bool]:
        """The ports that have a cable, and whether its other end is up."""

    def learned(self) -> list[Learned]:
        """The MAC address table."""

    def shut(self) -> dict[str, str]:
        """The ports that a guard has shut, and why: bpduguard, storm-control, psecure-violation, ..."""

    def inconsistent(self) -> list[str]:
        """The ports that forward nothing because somebody there says that the root of the spanning tree is his."""

    def bindings(self) -> list[Binding]:
        """What DHCP snooping knows."""

    def inspected(self) -> dict[int, Inspected]:
        """What ARP inspection counted, by VLAN."""

    def violations(self) -> dict[str, int]:
        """The frames of MAC addresses that were too many, by port."""

    def neighbours(self) -> list[Neighbour]:
        """What LLDP hears."""


class Pending(Protocol):
    """What happens by itself at `deadline` unless it is called off. No session is part of it."""

    @property
    def deadline(self) -> float:
        """On the clock of time.monotonic."""

    def expire(self, switch: Switch) -> None:
        """Called once, and then not pending any more: `switch.go_back(...)`, `switch.restart()`. Raises theirs."""


class Switch:
    def __init__(self, plane: DataPlane, startup: Path, personality: Personality, minute: float = 60.0) -> None:
        self.plane = plane
        self.startup = startup
        self.personality = personality
        self.minute = minute  # its length in seconds: tests have shorter ones
        self.config: Any = personality.factory()  # a Configuration, of the kind that its sessions change
        self.pending: Any = None  # a Pending, of the kind that its sessions show
        self.enable: str | None = None  # what a session must know that begins without privileges; None: all may
        self.faults = Faults()
        self.went_back = 0  # times: a session in the middle of a section is out of it
        self.sessions: set[Callable[[], None]] = set()  # how to cut each, from any thread

    def tick(self) -> None:
        """Time goes on: what is pending happens when its time has come."""
        pending: Pending | None = self.pending
        if pending and monotonic() >= pending.deadline:
            self.pending = None
            pending.expire(self)

    def after(self, minutes: float) -> float:
        """The deadline of what is to happen in so many minutes of this switch."""
        return monotonic() + minutes * self.minute

    def go_back(self, configuration: Configuration) -> None:
        """Replace the running configuration under its sessions; nothing is pending any more."""
        self.config, self.pending = configuration, None
        self.went_back += 1
        self.plane.apply(self.config)

    def boot(self) -> None:
        """Read the startup configuration, as at power on, and drive the data plane with it."""
        saved = self.saved
        self.config = self.personality.factory() if saved is None else self.personality.load(saved)
        self.plane.apply(self.config)

    def restart(self) -> None:
        """What was not saved is lost, and so is every session. Raises what `load` raises, DataPlaneError."""
        self.pending = None
        for cut in list(self.sessions):
            cut()
        self.sessions.clear()
        self.boot()

    @property
    def saved(self) -> str | None:
        return self.startup.read_text() if self.startup.exists() else None

    def save(self) -> None:
        """Write the startup configuration in one step: it may hold secrets, so it is never readable by others."""
        partial = self.startup.with_suffix(".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self.personality.dump(self.config))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.startup)
