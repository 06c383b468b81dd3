"""Has each message copied to the other server before Postfix accepts it (milter): python3 -m shadow.ear SOCKET.

A message whose copy nobody keeps is accepted all the same, or waits at its sender, as the settings say ("required").
"""

import json
import os
import sys
import threading
import time
import traceback
from typing import Any

import Milter

from .addresses import Lists
from .peer import AloneError
from .shadow import Shadow
from .wire import LARGEST, SETTINGS

shadow: Shadow


def bare(path: str) -> str:
    """An address as it stands in the envelope; the parsers of headers take someone@[192.0.2.1] for none."""
    return path.strip().removeprefix("<").removesuffix(">")


class Ear(Milter.Base):
    """One conversation of Postfix: a message after the other."""

    kept: str | None = None
    content: list[bytes]

    def connect(self, _name: str, _family: int, _address: Any) -> int:
        return Milter.CONTINUE

    def envfrom(self, sender: str, *_parameters: str) -> int:
        self._settle()
        self.sender, self.recipients = bare(sender), []
        self.size = 0
        return Milter.CONTINUE

    def envrcpt(self, recipient: str, *_parameters: str) -> int:
        self.recipients.append(bare(recipient))
        return Milter.CONTINUE

    def header(self, name: str, value: str) -> int:
        return self._hear(f"{name}: ".encode() + value.encode("utf-8", "surrogateescape") + b"\n")

    def eoh(self) -> int:
        return self._hear(b"\n")

    def body(self, chunk: bytes) -> int:
        return self._hear(chunk)

    def eom(self) -> int:
        envelope = {
            "at": time.time(),
            "queue": self.getsymval("i") or "",
            "door": self.getsymval("{daemon_name}") or "",
            "from": self.sender,
            "to": self.recipients,
        }
        # Large messages come many at a time: each is here once, and no longer than it must be.
        content, self.content = b"".join(self.content), []
        # A chunk may end between the two: only the whole can be told.
        content = content.replace(b"\r\n", b"\n")
        try:
            self.kept = shadow.keep(envelope, content)
        except AloneError:
            self.setreply("451", "4.3.0", "the other server cannot keep a copy now, please try again")
            return Milter.TEMPFAIL
        return Milter.CONTINUE

    def abort(self) -> int:
        self._settle()
        return Milter.CONTINUE

    def close(self) -> int:
        self._settle()
        return Milter.CONTINUE

    def _settle(self) -> None:
        """Whatever Postfix says next, it has ended the message before."""
        self.content = []
        if self.kept:
            shadow.watch.settle(self.kept, time.time())
            self.kept = None

    def _hear(self, part: bytes) -> int:
        self.size += len(part)
        if self.size > LARGEST:
            return Milter.TEMPFAIL
        self.content.append(part)
        return Milter.CONTINUE


def tended() -> None:
    """What drops copies must not end while messages come in: systemd begins both anew."""
    try:
        shadow.tend()
    finally:
        traceback.print_exc()
        os._exit(1)


def main() -> None:
    global shadow
    shadow = Shadow(json.loads(SETTINGS.read_text()), Lists())
    threading.Thread(target=tended, daemon=True).start()
    Milter.factory = Ear
    Milter.set_flags(0)  # it changes nothing
    Milter.runmilter("mail-shadow", sys.argv[1], 120)


if __name__ == "__main__":
    main()
