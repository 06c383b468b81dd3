#!/usr/bin/python3
"""The journal's ear: Postfix asks it about each message (milter), and accepts none that it could not keep.

Argument: the socket. Settings: SETTINGS, read anew when they change. A message of several institutions is kept by each.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import Milter
from chain import Journal

SETTINGS, STORE = Path("/etc/mail-journal/settings.json"), Path("/srv/mail-journal")
LARGEST = 256 * 2**20  # bytes; Postfix's own limit is far below


class Settings:
    """Which domain is whose, and the keys of those who may read; none of it is secret."""

    def __init__(self) -> None:
        self.read_at, self.content = 0.0, {}

    def now(self) -> dict[str, Any]:
        changed = SETTINGS.stat().st_mtime
        if changed != self.read_at:
            self.content, self.read_at = json.loads(SETTINGS.read_text()), changed
        return self.content


settings = Settings()


def sealed(content: bytes, keys: list[list[str]]) -> bytes:
    """Encrypted to the first persons, and that to the second: one of each is needed."""
    for layer in keys:
        recipients = [word for key in layer for word in ("--recipient", key)]
        content = subprocess.run(
            ["age", *recipients], input=content, capture_output=True, check=True, timeout=60
        ).stdout
    return content


def bare(path: str) -> str:
    """An address as it stands in the envelope; the parsers of headers take someone@[192.0.2.1] for none."""
    return path.strip().removeprefix("<").removesuffix(">")


def domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


class Ear(Milter.Base):
    def connect(self, name: str, _family: int, address: Any) -> int:
        self.client = address[0] if isinstance(address, tuple) else str(name)
        return Milter.CONTINUE

    def envfrom(self, sender: str, *_parameters: str) -> int:
        self.sender, self.recipients = bare(sender), []
        self.content, self.size = [], 0
        self.login = self.getsymval("{auth_authen}") or ""
        return Milter.CONTINUE

    def envrcpt(self, recipient: str, *_parameters: str) -> int:
        self.recipients.append(bare(recipient))
        return Milter.CONTINUE

    def header(self, name: str, value: str) -> int:
        return self.hear(f"{name}: ".encode() + value.encode("utf-8", "surrogateescape") + b"\n")

    def eoh(self) -> int:
        return self.hear(b"\n")

    def body(self, chunk: bytes) -> int:
        return self.hear(chunk)

    def hear(self, part: bytes) -> int:
        self.size += len(part)
        if self.size > LARGEST:
            return Milter.TEMPFAIL
        self.content.append(part)
        return Milter.CONTINUE

    def eom(self) -> int:
        try:
            wanted = settings.now()
            known = wanted["domains"]
            owners = {known[each] for each in map(domain, (self.sender, *self.recipients)) if each in known}
            envelope = {
                "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "queue": self.getsymval("i") or "",
                "client": self.client,
                "login": self.login,
                "from": self.sender,
                "to": self.recipients,
            }
            content = json.dumps(envelope, ensure_ascii=False).encode() + b"\n"
            # A chunk may end between the two: only the whole can be told.
            content += b"".join(self.content).replace(b"\r\n", b"\n")
            for owner in sorted(owners):
                Journal(STORE / owner).take(sealed(content, wanted["keys"][owner]))
        except Exception as error:  # whatever it is: nothing passes that was not kept
            print(f"not kept, so not accepted: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            self.setreply("451", "4.3.0", "the journal cannot be written now, please try again")
            return Milter.TEMPFAIL
        return Milter.CONTINUE


Milter.factory = Ear
Milter.set_flags(0)  # it changes nothing
Milter.runmilter("mail-journal", sys.argv[1], 120)
