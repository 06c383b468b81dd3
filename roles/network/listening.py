"""A session that keeps what it heard: the last configuration that a device said it runs."""

from typing import Any

from netmiko import BaseConnection

from roles.network.platform import Platform


class Listening:
    """A netmiko session, with the last running configuration that went through it; "" before there is one."""

    def __init__(self, connection: BaseConnection, platform: Platform) -> None:
        self._connection, self._platform = connection, platform
        self._running, self._unsaid = "", ""

    @property
    def configuration(self) -> str:
        return "\n".join(filter(None, (self._running, self._unsaid)))

    def send_command(self, command: str, **options: Any) -> Any:
        answer, unsaid = self._connection.send_command(command, **options), self._platform.unsaid
        if command == self._platform.running and not str(answer).lstrip().startswith("%"):
            self._running = str(answer)
        elif unsaid and command == unsaid.command:
            self._unsaid = "\n".join(unsaid.lines(str(answer)))
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
