"""A session with a device, reached as the generated ssh_config says. An unknown host key is refused."""

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from shlex import split
from typing import Any

from netmiko import BaseConnection
from netmiko.exceptions import NetmikoTimeoutException, ReadTimeout
from paramiko import SSHConfig

from inventory.secrets import Secret
from roles.network.algorithms import disabled, mend
from roles.network.platform import Platform

USER = "netadmin"
ANYBODY = "*"  # a block of an ssh_config that may be about any host
SECONDS = 10  # that one try to connect may take
# What netmiko and paramiko say where nobody is at the other end. The rest is somebody's word: a host key, a login.
SILENCE = re.compile(r"TCP connection to device failed|banner|No existing session|EOF|reset by peer|[Tt]imed out")


class NoAnswerError(ConnectionError):
    """Nobody answers there now; a moment later somebody might. The message is the reason, as far as it is known."""


@dataclass(frozen=True)
class Device:
    """How to reach one device. `formerly` and `console` are other names in ssh_config that lead to it."""

    name: str  # in ssh_config
    platform: Platform
    ssh_config: Path
    known_hosts: Path
    identity: Path
    password: Secret  # where the device does not know our key
    addresses: tuple[str, ...] = ()  # behind the names, for people
    formerly: tuple[str, ...] = ()
    console: str | None = None
    by_console: bool = False  # somebody asks for it: nothing else is tried
    patience: float = 0.0  # seconds in which a network that has just changed finds its way again
    enable: Secret | None = None  # where a session begins without privileges; without it, the password
    sha1: bool = False  # an old device: SHA-1 is admitted


@contextmanager
def connected(device: Device, name: str | None = None) -> Iterator[BaseConnection]:
    """A session in privileged mode, in which `show` prints without pages: one try, by one name of the device.

    Raises NoAnswerError where nobody answers, and what netmiko says of a host key or a login that is refused.
    """
    with ExitStack() as stack:
        settings = _settings(device.ssh_config, name or device.name)
        way = stack.enter_context(_dialled(device.ssh_config, settings))
        try:
            way.wait()
            connection = device.platform.session(
                device_type=device.platform.netmiko,
                host=settings["hostname"],
                port=int(settings.get("port", 22)),
                sock=way.socket,
                username=USER,
                password=device.password.reveal(),
                secret=(device.enable or device.password).reveal(),
                key_file=str(device.identity),
                use_keys=False,  # that key, and none that lies about
                allow_agent=False,
                ssh_strict=True,
                system_host_keys=False,
                alt_host_keys=True,
                alt_key_file=str(device.known_hosts),
                conn_timeout=15,
                disabled_algorithms=disabled(device.sha1),
                banner_timeout=SECONDS,
            )
        except (NetmikoTimeoutException, ReadTimeout, EOFError, OSError) as error:  # or it spoke, and fell silent
            said = " ".join(str(error).split())
            if advice := mend(device.name, said, device.sha1):
                raise NetmikoTimeoutException(advice) from error
            if isinstance(error, NetmikoTimeoutException) and not SILENCE.search(said):
                raise
            raise NoAnswerError(way.complaint() or said or "the connection was closed") from error
        stack.callback(connection.disconnect)
        if not connection.check_enable_mode():
            connection.enable()
        yield connection


def _settings(path: Path, name: str) -> dict[str, Any]:
    """What an ssh_config says of one name. Its blocks about others, which may be hundreds, are not searched."""
    if not path.exists():
        return {"hostname": name}
    blocks = _blocks(path, path.stat().st_mtime_ns)
    return dict(SSHConfig.from_text("".join(text for whom, text in blocks if whom in (name, ANYBODY))).lookup(name))


@lru_cache(maxsize=8)
def _blocks(path: Path, _changed: int) -> list[tuple[str, str]]:
    """The blocks of an ssh_config in their order, each with the one name that it is about."""
    texts = re.split(r"(?im)^(?=[ \t]*(?:host|match)\b)", path.read_text(encoding="utf-8"))
    names = [re.match(r"(?i)\s*host[ \t]+([\w.-]+)[ \t]*$", text, re.MULTILINE) for text in texts]
    return [(name[1] if name else ANYBODY, text) for name, text in zip(names, texts, strict=True)]


@dataclass(frozen=True)
class _Way:
    """Bytes to a device and back; `process` carries them where a command leads there."""

    socket: socket.socket
    process: subprocess.Popen[str] | None = None

    def wait(self) -> None:
        """Until somebody at the other end says something. Raises OSError or EOFError where nobody does."""
        self.socket.settimeout(SECONDS)
        if not self.socket.recv(1, socket.MSG_PEEK):
            raise EOFError
        self.socket.settimeout(None)

    def complaint(self) -> str:
        """What the command said of itself, without who said it when."""
        if self.process is None or self.process.stderr is None:
            return ""
        self.socket.close()
        _end(self.process)
        return "; ".join(re.sub(r"^.*\bE ", "", line.strip()) for line in self.process.stderr)


@contextmanager
def _dialled(ssh_config: Path, settings: dict[str, Any]) -> Iterator[_Way]:
    """A way to a device. paramiko's own for a command is not used: it spins when the command ends."""
    host, port = settings["hostname"], int(settings.get("port", 22))
    command = settings.get("proxycommand")
    if jump := settings.get("proxyjump"):
        command = command or f"ssh -F {ssh_config} -W {host}:{port} {jump}"
    if command is None:
        try:
            ours = socket.create_connection((host, port), timeout=SECONDS)
        except OSError as error:
            raise NoAnswerError(error.strerror or str(error)) from error
        with ours:
            yield _Way(ours)
        return
    ours, theirs = socket.socketpair()
    with ours, theirs:
        end = theirs.fileno()
        process = subprocess.Popen(split(command), stdin=end, stdout=end, stderr=subprocess.PIPE, text=True)
        theirs.close()
        try:
            yield _Way(ours, process)
        finally:
            ours.close()
            _end(process)
            if process.stderr:
                process.stderr.close()


def _end(process: subprocess.Popen[str]) -> None:
    """It ends when nobody holds the other end; one that does not is ended."""
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()
