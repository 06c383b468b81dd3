"""A session that keeps what it heard: the last configuration that a device said it runs."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

from netmiko import BaseConnection

from roles.network.platform import Platform


class Listening:
    """A netmiko session, with the last running configuration that went through it or a later one; "" before that."""

    def __init__(self, connection: BaseConnection, platform: Platform, first: "Listening | None" = None) -> None:
        self._connection, self._platform = connection, platform
        self._running, self._unsaid = "", ""
        self._first = first or self

    @property
    def configuration(self) -> str:
        return "\n".join(filter(None, (self._running, self._unsaid)))

    def again(self, connection: BaseConnection) -> "Listening":
        """A later session with the same device: what it hears is known to the first one."""
        return Listening(connection, self._platform, self._first)

    def send_command(self, command: str, **options: Any) -> Any:
        answer, unsaid = self._connection.send_command(command, **options), self._platform.unsaid
        if command == self._platform.running and not str(answer).lstrip().startswith("%"):
            self._first._running = str(answer)
        elif unsaid and command == unsaid.command:
            self._first._unsaid = "\n".join(unsaid.lines(str(answer)))
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@contextmanager
def listened(first: BaseConnection, session: AbstractContextManager[BaseConnection]) -> Iterator[BaseConnection]:
    """A later session with the same device, heard by the first one, if that listens."""
    with session as connection:
        yield cast(BaseConnection, first.again(connection)) if isinstance(first, Listening) else connection
