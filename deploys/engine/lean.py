"""What pyinfra 3.10 and paramiko 4 do slowly, or ask of a person, done otherwise: patches that upstream would want.

tests/unit/engine/test_lean.py compares them with the originals; pyproject.toml pins the version that they fit.
"""

import os
import socket
from select import select
from typing import Any, NoReturn

import paramiko.proxy
from paramiko.transport import Transport
from pyinfra.connectors import util

from deploys.engine.observed import HostError


def install() -> None:
    """Patch both libraries, for the whole process."""
    _send_at_once()
    util.getpass = _refuse_to_ask  # type: ignore[assignment]
    paramiko.proxy.ProxyCommand.recv = _receive  # type: ignore[method-assign]
    paramiko.proxy.ProxyCommand.close = _close  # type: ignore[method-assign]


def _send_at_once() -> None:
    """Nagle's algorithm and delayed acknowledgements cost 40 ms a command: paramiko leaves them on."""
    original = Transport.start_client

    def start_client(self: Transport, *arguments: Any, **keywords: Any) -> None:
        if isinstance(self.sock, socket.socket) and self.sock.family in (socket.AF_INET, socket.AF_INET6):
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        original(self, *arguments, **keywords)

    Transport.start_client = start_client  # type: ignore[method-assign]


def _refuse_to_ask(*_: Any) -> NoReturn:
    """pyinfra asks the terminal for sudo's password in the middle of a run; nobody may be there."""
    raise HostError("sudo asks for a password: let this account use sudo without one (NOPASSWD), or connect as root")


def _receive(self: paramiko.proxy.ProxyCommand, size: int) -> bytes:
    """What has come, b"" once the command has ended: paramiko reads such an end again and again, at full speed."""
    output = self.process.stdout.fileno()  # type: ignore[union-attr]  # paramiko opened it as a pipe
    if not select([output], [], [], self.timeout)[0]:
        raise TimeoutError
    return os.read(output, size)


def _close(self: paramiko.proxy.ProxyCommand) -> None:
    """The command may have ended by itself: that is as good as ended by us."""
    if self.process.poll() is None:
        self.process.terminate()
