"""Who there is and what is shared: people.json, read anew when it changes. A change cuts nobody off."""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PEOPLE = Path("/etc/dav/people.json")
SHARED = "shared."  # how the names of what is shared begin; nobody makes a calendar of such a name


@dataclass(frozen=True)
class Settings:
    """What the deploy wrote."""

    ids: dict[str, str]  # of people, by address
    rights: dict[str, dict[str, str]]  # by id: of each shared collection that they see, r or rw
    shared: dict[str, dict[str, str]]  # by name, its properties


def read(path: Path) -> Settings:
    """The settings in a file."""
    told: dict[str, Any] = json.loads(path.read_text())
    people = told["people"]
    return Settings(
        ids={address: each["id"] for address, each in people.items()},
        rights={each["id"]: each["shared"] for each in people.values()},
        shared=told["shared"],
    )


class Present:
    """The settings of now."""

    def __init__(self, path: Path = PEOPLE) -> None:
        self.path, self.lock = path, threading.Lock()
        self.known: tuple[tuple[int, int], Settings] | None = None

    def __call__(self) -> Settings:
        with self.lock:
            stat = self.path.stat()
            version = (stat.st_mtime_ns, stat.st_ino)
            if self.known is None or self.known[0] != version:
                self.known = (version, read(self.path))
            return self.known[1]


present = Present()
