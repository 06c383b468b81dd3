"""What pyinfra 3.10 and paramiko 4 do slowly, or ask of a person, done otherwise: patches that upstream would want.

tests/unit/engine/test_lean.py compares them with the originals; pyproject.toml pins the version that they fit.
"""

import gc
import os
import socket
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from select import select
from types import FrameType
from typing import Any, NoReturn, cast

import paramiko.file
import paramiko.proxy
import pyinfra
from paramiko.ssh_exception import ProxyCommandFailure
from paramiko.transport import Transport
from pyinfra.api import arguments
from pyinfra.api.arguments import AllArguments
from pyinfra.api.exceptions import ArgumentTypeError
from pyinfra.api.host import Host
from pyinfra.api.state import State
from pyinfra.api.util import PYINFRA_INSTALL_DIR, raise_if_bad_type
from pyinfra.connectors import ssh_util, util
from pyinfra.context import ctx_config

from deploys.engine.observed import HostError

# Objects of a run live until it ends: looking for garbage among them is in vain.
GARBAGE_AFTER = 100_000


def install() -> None:
    """Patch both libraries, for the whole process."""
    gc.set_threshold(GARBAGE_AFTER)
    _send_at_once()
    # Each module that uses them has taken its own name for them.
    setattr(import_module("pyinfra.api.operation"), "get_operation_order_from_stack", operation_order)  # noqa: B010
    for name in ("arguments", "deploy", "facts", "operation"):
        setattr(import_module(f"pyinfra.api.{name}"), "pop_global_arguments", pop_global_arguments)  # noqa: B010
    util.getpass = _refuse_to_ask  # type: ignore[assignment]
    ssh_util.getpass = _refuse_a_passphrase  # type: ignore[assignment]
    util.read_buffer = read_buffer
    paramiko.file.u = _decoded  # type: ignore[attr-defined]
    paramiko.proxy.ProxyCommand.send = _send  # type: ignore[method-assign,assignment]
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


def _refuse_a_passphrase(prompt: str) -> NoReturn:
    """Likewise for our own key, once for each host."""
    key = prompt.removeprefix("Enter password for private key: ").rstrip(": ")
    raise HostError(f"{key}: this ssh key has a passphrase, and nobody is asked for it: use one without")


def _decoded(said: bytes | str, encoding: str = "utf-8") -> str:
    """What a host says: paramiko and pyinfra lose all that follows a byte that is not UTF-8."""
    return said.decode(encoding, errors="replace") if isinstance(said, bytes) else said


def read_buffer(
    name: str, io: Iterable[str | bytes], output_queue: Any, print_output: bool = False, print_func: Any = None
) -> None:
    """Put the lines of a stream into a queue; pyinfra raises where they are not UTF-8."""
    for each in io:
        line = _decoded(each).rstrip("\n")
        output_queue.put(util.OutputLine(name, line))
        if print_output:
            util.echo(print_func(line) if print_func else line, err=True)


def _send(self: paramiko.proxy.ProxyCommand, content: bytes) -> int:
    """How much the command took: a pipe that is nearly full (gevent) takes a part, and paramiko says it was all."""
    try:
        return cast(int, self.process.stdin.write(content))  # type: ignore[union-attr]  # as below
    except OSError as error:
        raise ProxyCommandFailure(" ".join(self.cmd), error.strerror or "") from None


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


def operation_order(state: State) -> list[int]:
    """The lines that lead to an operation, outermost first; pyinfra reads the source of each to find its number."""
    frames = list(_callers(sys._getframe(1)))[::-1]
    names = [frame.f_code.co_filename for frame, _ in frames]
    start = names.index(state.current_deploy_filename) if state.current_deploy_filename in names else 0
    lines = [line for (_, line), name in zip(frames, names, strict=True) if not name.startswith(PYINFRA_INSTALL_DIR)]
    skipped = sum(not name.startswith(PYINFRA_INSTALL_DIR) for name in names[:start])
    return [*([state.current_op_file_number] if pyinfra.is_cli else []), *lines[skipped:]]


def _callers(frame: FrameType | None) -> Iterator[tuple[FrameType, int]]:
    while frame:
        yield frame, frame.f_lineno
        frame = frame.f_back


def pop_global_arguments(state: State, host: Host, kwargs: dict[str, Any]) -> tuple[AllArguments, list[str]]:
    """The global arguments of an operation; pyinfra works out their types, and searches host data for each, anew."""
    config = ctx_config.get() if ctx_config.isset() else state.config
    of_the_deploy: dict[str, Any] = cast(dict[str, Any], host.current_deploy_kwargs) or {}
    said_of_the_host: set[str] = set().union(*(data() if callable(data) else data for data in host.data.datas))
    found: dict[str, Any] = {}
    given: list[str] = []
    for key, type_ in _types():
        meta = arguments.all_argument_meta[key]
        default = getattr(host.data, key) if key in said_of_the_host else meta.default(config)
        if key in kwargs:
            given.append(key)
            value = kwargs.pop(key)
        else:
            value = of_the_deploy.get(key, default)
        if meta.handler:
            value = meta.handler(config, value)
        if value != default:
            raise_if_bad_type(value, type_, ArgumentTypeError, f"Invalid argument `{key}`:")
        found[key] = value
    return cast(AllArguments, found), given


@cache
def _types() -> list[tuple[str, type]]:
    return arguments.all_global_arguments()
