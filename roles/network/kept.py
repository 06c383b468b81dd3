"""Sessions that were opened to look at devices, kept for the change that follows: a device is logged in to once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress

from netmiko import BaseConnection
from netmiko.exceptions import NetmikoBaseException
from paramiko.ssh_exception import SSHException

from roles.network.way import Way

MOST = 100  # each is a thread here, and a terminal line on its device
LOST = (NetmikoBaseException, SSHException, OSError)


class Kept:
    """Those that are open now."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Way, ExitStack]] = {}

    def close(self) -> None:
        for _, session in self._open.values():
            session.close()
        self._open.clear()

    @contextmanager
    def session(self, name: str, reach: Callable[[], AbstractContextManager[Way]]) -> Iterator[tuple[Way, ExitStack]]:
        """The session that was kept, where it still answers, or a new one. It ends here unless `keep` is called."""
        way, session = self._open.pop(name, (None, ExitStack()))
        if way is not None and not _answers(way.connection):
            session.close()
            way = None
        with session:
            if way is None:
                way = session.enter_context(reach())
            yield way, session

    def keep(self, name: str, way: Way, session: ExitStack) -> None:
        """Leave it open for the next who asks for this device."""
        if len(self._open) < MOST:
            self._open[name] = way, session.pop_all()


def _answers(connection: BaseConnection) -> bool:
    """Whether the device still shows its prompt there."""
    with suppress(*LOST, ValueError):
        return bool(connection.find_prompt())
    return False
