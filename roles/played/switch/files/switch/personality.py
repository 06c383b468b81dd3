"""What makes a switch one vendor's: its ports, its configuration and its command line. The rest has no vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .meaning import Configuration

if TYPE_CHECKING:
    from .machine import Switch


class Session(Protocol):
    """One session of a command line. It knows nothing of SSH."""

    closed: bool  # the user logged out

    @property
    def prompt(self) -> str: ...

    def feed(self, line: str) -> str:
        """Take one line; the answer has no trailing newline. Never raises for what the switch refuses."""

    def end(self) -> None:
        """What Ctrl-Z does."""


def takes_keys(session: Session) -> bool:
    """Whether a session waits for one key, without Enter: for `y`, for the next page. IOS never does."""
    return bool(getattr(session, "keyed", False))


def hides(session: Session) -> bool:
    """Whether what is typed is a password, which nobody shows."""
    return bool(getattr(session, "hidden", False))


class Personality(Protocol):
    """One per platform of the inventory, without state: all state is in the Switch, its configuration, its sessions."""

    name: str  # the platform's, as in the inventory
    ports: tuple[str, ...]

    def session(self, switch: Switch, user: str = "console", privileged: bool = True) -> Session: ...

    def factory(self) -> Configuration:
        """A new configuration, as it leaves the factory."""

    def load(self, text: str) -> Configuration:
        """Read a startup configuration, as at power on. Raises on the line that it cannot read."""

    def dump(self, configuration: Configuration) -> str:
        """The startup configuration that `load` reads."""

    def refuses(self, output: str) -> bool:
        """Whether an answer says that the command was not taken."""

    def nic(self, port: str) -> str:
        """The network interface behind a port."""
        return nic(port)

    def port_of(self, interface: str) -> str | None:
        """The port in front of a network interface; None for what is no port."""
        return next((port for port in self.ports if self.nic(port) == interface), None)


def nic(port: str) -> str:
    """GigabitEthernet1/0/24 is gi1-0-24, 24 is p24: as roles/lab/topology.py names it (Linux takes 15 characters)."""
    letters = port.rstrip("0123456789/")
    return (letters[:2].lower() or "p") + port[len(letters) :].replace("/", "-")
