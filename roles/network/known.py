"""paramiko's client for many devices: a session reads the host key of its own device, not those of all the others.

Where a device speaks AES-GCM it is preferred: it needs no MAC, which paramiko compares byte by byte in Python.
"""

import os
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

import paramiko
from paramiko.hostkeys import HostKeyEntry

EVERYBODY = ""  # lines that may be about any host: hashed names


class Client(paramiko.SSHClient):
    """An SSHClient that knows only the host that it connects to. Nothing is ever added to the file."""

    _known: str | None = None

    def load_host_keys(self, filename: int | str | bytes | PathLike[str] | PathLike[bytes]) -> None:
        self._known = os.fsdecode(filename) if not isinstance(filename, int) else None

    def connect(self, hostname: str, port: int = 22, *rest: Any, **options: Any) -> None:
        if self._known:
            name = hostname if port == 22 else f"[{hostname}]:{port}"
            lines = _lines(self._known, Path(self._known).stat().st_mtime_ns)
            for line in (*lines.get(name, ()), *lines.get(EVERYBODY, ())):
                entry = HostKeyEntry.from_line(line)
                if entry is None:
                    continue
                for each in entry.hostnames:
                    self.get_host_keys().add(each, entry.key.get_name(), entry.key)
        super().connect(hostname, port, *rest, **{"transport_factory": _transport, **options})


def _transport(*arguments: Any, **options: Any) -> paramiko.Transport:
    transport = paramiko.Transport(*arguments, **options)
    offered = transport.get_security_options()
    offered.ciphers = tuple(sorted(offered.ciphers, key=lambda cipher: "gcm" not in cipher))
    return transport


@lru_cache(maxsize=8)
def _lines(path: str, _changed: int) -> dict[str, list[str]]:
    """The lines of a known_hosts file, by the host that they are about; read again when the file has changed."""
    found: dict[str, list[str]] = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        names = line.split(maxsplit=1)[0] if line.strip() and not line.lstrip().startswith("#") else ""
        for name in filter(None, names.split(",")):
            found.setdefault(EVERYBODY if name.startswith("|") else name, []).append(line)
    return found
