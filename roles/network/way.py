"""Which way leads to a device: through the network, or past it where a new switch has no address yet.

A network that has just changed is given time: a device that does not answer is asked again, one that refuses us is not.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import monotonic, sleep

from netmiko import BaseConnection
from netmiko.exceptions import NetmikoBaseException
from paramiko.ssh_exception import SSHException

from roles.network.connection import Device, NoAnswerError, connected
from roles.network.platform import Platform
from roles.network.remediation import sections

PATIENCE = 30.0  # seconds: a spanning tree, an ARP entry and a BGP session come back within
PAUSE = 1.0  # seconds between two rounds


@dataclass(frozen=True)
class Way:
    """A session, and what is to be said of the way that it came; "" for the ordinary one."""

    connection: BaseConnection
    note: str = ""
    console: bool = False  # past the network


@contextmanager
def reached(device: Device, until: float | None = None) -> Iterator[Way]:
    """A session by the first way that answers. Raises NoAnswerError, and whatever a device says that refuses us.

    It is tried until a moment of the monotonic clock, at least once: by default as long as the device's patience lasts.
    """
    with ExitStack() as sessions:
        yield _found(device, monotonic() + device.patience if until is None else until, sessions)


def _found(device: Device, until: float, sessions: ExitStack) -> Way:
    if device.by_console:
        if device.console is None:
            raise NoAnswerError("the inventory has no console of it")
        connection = sessions.enter_context(connected(device, device.console))
        return Way(connection, "over its console, as asked", console=True)
    console = _Console(device)
    while True:
        try:
            return _through_the_network(device, sessions)
        except NoAnswerError as error:
            if factory := console.of_a_factory(sessions):
                return factory
            if monotonic() >= until:
                raise NoAnswerError(f"no answer {console.though(device)} ({error})") from error
        sleep(PAUSE)


def _through_the_network(device: Device, sessions: ExitStack) -> Way:
    """By the address that it has by the inventory, else by those that it had before."""
    reasons = []
    for name in (device.name, *device.formerly):
        try:
            connection = sessions.enter_context(connected(device, name))
        except NoAnswerError as error:
            reasons.append(str(error))
            continue
        return Way(connection, "" if name == device.name else "at an address that it had before")
    raise NoAnswerError("; ".join(dict.fromkeys(reasons)))


class _Console:
    """What the console of a device that does not answer says of it."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.answered = False
        self.addresses: list[str] = []  # "10.20.99.11 in VLAN 99"

    def of_a_factory(self, sessions: ExitStack) -> Way | None:
        """A session where the device has no address at all: nobody can reach it otherwise. None where it has one."""
        if self.device.console is None or self.answered:
            return None
        try:
            with ExitStack() as session:
                connection = session.enter_context(connected(self.device, self.device.console))
                running = str(connection.send_command(self.device.platform.running, read_timeout=60))
                self.answered, self.addresses = True, _addresses(self.device.platform, running)
                if self.addresses:
                    return None
                sessions.push(session.pop_all())
        except (NoAnswerError, NetmikoBaseException, SSHException, OSError):
            return None  # it is no evidence; the network is what counts
        said = "no way through the network yet: its first configuration goes over its console"
        return Way(connection, said, console=True)

    def though(self, device: Device) -> str:
        if self.addresses:
            return f"through the network, though it has {' and '.join(self.addresses)}: see the way to it"
        where = f"at {', nor at '.join(device.addresses)}" if device.addresses else "through the network"
        return where if device.console is None else f"{where}, nor at its console"


def _addresses(platform: Platform, running: str) -> list[str]:
    """The addresses by which a switch is managed, wherever they lead."""
    view = platform.switch.view(sections(platform, running)) if platform.switch else None
    return [f"{address.ip} in VLAN {vlan}" for vlan, address in view.fixed.addresses.items()] if view else []
