"""The copies of other servers' messages, a file each: a line of JSON (the envelope), then the message.

A folder for each server: `<id>` is a copy, `<id>.state` what became of its message since, `replayed` the numbers in
that server's queue of what was sent from here instead. What is written is on the disk when a method returns.
"""

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STORE = Path("/srv/mail-shadow")
NAME = re.compile(r"[0-9]{13}-[0-9A-Za-z]{1,64}-[0-9a-f]{8}\Z")  # milliseconds, number in the queue, chance
STATE, REPLAYED = ".state", "replayed"


class FullError(Exception):
    """There is no room for one more copy."""


@dataclass(frozen=True)
class Bounds:
    """What the copies of all servers may take of the disk, and what they leave free."""

    most: int = 8 * 2**30  # bytes
    free: int = 2**30


class Store:
    """The copies of one server's messages."""

    def __init__(self, folder: Path, bounds: Bounds = Bounds()) -> None:  # it is frozen
        self.folder, self.bounds = folder, bounds
        folder.mkdir(mode=0o700, exist_ok=True)
        self._lock = threading.Lock()
        self.recount()

    def recount(self) -> None:
        """See anew what is there: what was sent from here was taken out by another program."""
        with self._lock:
            self._sizes = {
                entry.name: entry.stat().st_size for entry in os.scandir(self.folder) if NAME.match(entry.name)
            }
            self._total = sum(self._sizes.values())

    def tidy(self) -> None:
        """Remove what was being written when the power went: nobody was told that it is here."""
        for partial in self.folder.glob(".*"):
            partial.unlink()

    def put(self, name: str, envelope: dict[str, Any], content: bytes) -> None:
        """Keep a copy. Raises FullError, or OSError."""
        path = self._path(name)
        if (
            self._total + len(content) > self.bounds.most
            or shutil.disk_usage(self.folder).free - len(content) < self.bounds.free
        ):
            raise FullError("no room for copies")
        _write(path, json.dumps(envelope).encode() + b"\n", content)
        with self._lock:
            self._total += len(content) - self._sizes.get(name, 0)
            self._sizes[name] = len(content)

    def drop(self, names: list[str]) -> None:
        """Forget copies, those too that are not there."""
        for name in names:
            path = self._path(name)
            path.unlink(missing_ok=True)
            path.with_name(f"{name}{STATE}").unlink(missing_ok=True)
            with self._lock:
                self._total -= self._sizes.pop(name, 0)

    def mark(self, states: dict[str, dict[str, Any]]) -> None:
        """Note what became of messages whose copies are here."""
        for name, state in states.items():
            if self._path(name).exists():
                _write(self.folder / f"{name}{STATE}", json.dumps(state).encode())

    def copies(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each copy with its envelope, the oldest first."""
        for name in sorted(path.name for path in self.folder.iterdir() if NAME.match(path.name)):
            try:
                with self._path(name).open("rb") as file:
                    yield name, json.loads(file.readline())
            except FileNotFoundError:  # it was dropped meanwhile
                continue

    def content(self, name: str) -> bytes:
        """The message of a copy."""
        return self._path(name).read_bytes().partition(b"\n")[2]

    def state(self, name: str) -> dict[str, Any]:
        """What became of its message, as far as its server said."""
        try:
            return dict(json.loads((self.folder / f"{name}{STATE}").read_text()))
        except FileNotFoundError:
            return {}

    def replayed(self) -> list[str]:
        """The numbers of what was sent from here, in the queue of the server that it came from."""
        path = self.folder / REPLAYED
        return path.read_text().split() if path.exists() else []

    def note_replayed(self, queue: str) -> None:
        """Note that a message was, or is about to be."""
        _write(self.folder / REPLAYED, "\n".join([*self.replayed(), queue]).encode())

    def forget_replayed(self, queues: list[str]) -> None:
        """Forget the numbers of what is not in that queue any more."""
        if left := [queue for queue in self.replayed() if queue not in queues]:
            _write(self.folder / REPLAYED, "\n".join(left).encode())
        else:
            (self.folder / REPLAYED).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not NAME.match(name):
            raise ValueError("no name of a copy")
        return self.folder / name


def _write(path: Path, *parts: bytes) -> None:
    """Whole or not at all, and on the disk."""
    partial = path.with_name(f".{path.name}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        if os.geteuid() == 0:  # what root writes here is of whoever keeps copies, too
            owner = path.parent.stat()
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
