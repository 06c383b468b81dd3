"""A session that keeps what it heard: the last configuration that a device said it runs."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

from netmiko import BaseConnection

RUNNING = ("show running-config", "display current-configuration")


class Listening:
    """A netmiko session, with the last running configuration that went through it or a later one; "" before that."""

    configuration = ""

    def __init__(self, connection: BaseConnection, first: "Listening | None" = None) -> None:
        self._connection = connection
        self._first = first or self

    def send_command(self, command: str, **options: Any) -> Any:
        answer = self._connection.send_command(command, **options)
        if command in RUNNING and not str(answer).lstrip().startswith("%"):
            self._first.configuration = str(answer)
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@contextmanager
def listened(first: BaseConnection, session: AbstractContextManager[BaseConnection]) -> Iterator[BaseConnection]:
    """A later session with the same device: what it hears is known to the first one, if that listens."""
    with session as connection:
        yield cast(BaseConnection, Listening(connection, first)) if isinstance(first, Listening) else connection
