"""One deploy at a time in an environment: two would undo each other's restarts and read each other's half-done work."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploys.engine.mistakes import SaidError


class LockedError(SaidError):
    """Another deploy runs."""


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the environment's lock; the kernel drops it with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "deploy.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LockedError(f"another deploy runs in {folder} (process {file.read().strip()}): wait for it") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # now: under gevent a closed file stays open for a moment
