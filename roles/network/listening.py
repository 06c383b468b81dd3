"""A session that keeps what it heard: the last configuration that a device said it runs."""

from typing import Any

from netmiko import BaseConnection

RUNNING = ("show running-config", "display current-configuration")


class Listening:
    """A netmiko session, with the last running configuration that went through it; "" before there is one."""

    configuration = ""

    def __init__(self, connection: BaseConnection) -> None:
        self._connection = connection

    def send_command(self, command: str, **options: Any) -> Any:
        answer = self._connection.send_command(command, **options)
        if command in RUNNING and not str(answer).lstrip().startswith("%"):
            self.configuration = str(answer)
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
