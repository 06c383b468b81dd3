"""The other server, where copies go: a few connections that stay open, and whether it answers."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from .wire import Said, hear, say, tls

PATIENCE = 2.0  # seconds that a message waits for its copy, at most
AGAIN = 0.1  # seconds between two attempts: the other side starts anew in less than PATIENCE
FULL_FOR = 30.0  # seconds that a server without room is left alone
SLOW = 60.0  # seconds for what no message waits for


class AloneError(Exception):
    """The other server keeps no copy now; the message says why."""


class _Connection:
    def __init__(self, address: tuple[str, int], name: str, patience: float) -> None:
        raw = socket.create_connection(address, patience)
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket = tls(server=False).wrap_socket(raw, server_hostname=name)
        except BaseException:
            raw.close()
            raise
        self.there: BinaryIO = self.socket.makefile("rwb")  # type: ignore[assignment]  # it is both

    def ask(self, said: Said, content: bytes, patience: float) -> Said:
        self.socket.settimeout(patience)
        say(self.there, said, content)
        heard = hear(self.there)
        if heard is None:
            raise ConnectionError("it hung up")
        return heard[0]

    def close(self) -> None:
        # What was not said yet is not said any more: nobody waits for that again.
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self.there.close()
        self.socket.close()


class Peer:
    """One other server. While it is known not to answer nobody waits for it: `probe` finds out when it does again."""

    def __init__(self, name: str, fqdn: str, address: str, port: int, told: Callable[[str], None] = print) -> None:
        self.name, self._fqdn, self._address, self._told = name, fqdn, (address, port), told
        self._free: list[_Connection] = []
        self._lock = threading.Lock()
        self._until = 0.0
        self.why_alone = "it was not asked yet"  # "": it answers

    def put(self, copy: str, envelope: dict[str, Any], content: bytes) -> None:
        """Have a copy kept, on the disk. Raises AloneError within PATIENCE seconds."""
        if self.why_alone:
            raise AloneError(self.why_alone)
        said = self._insist({"do": "put", "id": copy, "envelope": envelope}, content, PATIENCE)
        if "done" not in said:
            why = str(said.get("full") or said.get("error"))
            self._alone(why, FULL_FOR)
            raise AloneError(why)

    def ask(self, **said: Any) -> Said:
        """Have something else done. Raises AloneError."""
        answer = self._insist(said, b"", SLOW)
        if "error" in answer:
            raise AloneError(str(answer["error"]))
        return answer

    def probe(self) -> Said:
        """The copies that it has; from then on it gets more. Raises AloneError."""
        if (left := self._until - time.monotonic()) > 0:
            raise AloneError(f"{self.why_alone}; asked again in {left:.0f} s")
        answer = self.ask(do="list")
        if self.why_alone:
            self._told(f"{self.name} keeps copies")
            self.why_alone = ""
        return answer

    def _alone(self, why: str, pause: float = 0.0) -> None:
        with self._lock:
            if not self.why_alone:
                self._told(f"{self.name} keeps no copy: {why}")
            self.why_alone = why or "no reason was given"
            self._until = time.monotonic() + pause

    def _insist(self, said: Said, content: bytes, patience: float) -> Said:
        """Once more where a connection broke: what is asked may be asked twice. Raises AloneError."""
        began = time.monotonic()
        while True:
            try:
                return self._ask(said, content, began + patience)
            except OSError as error:
                if time.monotonic() + AGAIN > began + PATIENCE:
                    self._alone(f"{type(error).__name__}: {error}")
                    raise AloneError(self.why_alone) from None
                time.sleep(AGAIN)

    def _ask(self, said: Said, content: bytes, deadline: float) -> Said:
        with self._lock:
            connection = self._free.pop() if self._free else None
        if connection is None:
            patience = max(0.05, deadline - time.monotonic())
            connection = _Connection(self._address, self._fqdn, min(patience, PATIENCE))
        try:
            answer = connection.ask(said, content, max(0.05, deadline - time.monotonic()))
        except BaseException:
            with self._lock:  # the others are of the same server: if it began anew they are broken too
                broken, self._free = [connection, *self._free], []
            for each in broken:
                each.close()
            raise
        with self._lock:
            self._free.append(connection)
        return answer
