"""What all messages share: the other server, which copies it has, and when each of them goes."""

import os
import secrets
import time
from functools import cache
from pathlib import Path
from typing import Any

from .addresses import Lists
from .peer import AloneError, Peer
from .watch import Round, Watch, ask_for_copies, copied, in_queue
from .wire import SPOOL

FIGURES = Path("/run/mail-shadow/figures")
EACH, LISTED = 2.0, 300.0  # seconds between two looks at the queue; and at what the other server has
TELL = 60.0  # seconds between two lines about messages that nobody copied


def tell(line: str) -> None:
    print(line, flush=True)


def spool(path: Path = SPOOL) -> str:
    """Which queue this is: another one, once its disk was lost."""
    if not path.exists():
        partial = path.with_suffix(".new")
        with partial.open("w") as file:
            file.write(secrets.token_hex(16))
            file.flush()
            os.fsync(file.fileno())  # an empty one would be another queue, and nobody's
        partial.replace(path)
    return path.read_text()


class Shadow:
    """What all messages share."""

    def __init__(self, settings: dict[str, Any], lists: Lists) -> None:
        ((name, peer),) = settings["peers"].items()  # two servers: each has the other
        self.peer = Peer(name, peer["fqdn"], peer["address"], settings["port"], tell)
        self.required, self.lists, self.watch = bool(settings["required"]), lists, Watch()
        # A standby delivers to no mailbox: the other server has its own copies of what it takes over.
        self.delivers = bool(settings["delivers"])
        self.spool = spool()
        self.kept = self.alone = 0
        self._told = float("-inf")

    def keep(self, envelope: dict[str, Any], content: bytes) -> str | None:
        """The name of the copy, which the other server has now; None: it has none. Raises AloneError if it must."""
        envelope["spool"] = self.spool
        name = f"{time.time_ns() // 10**6:013}-{envelope['queue']}-{secrets.token_hex(4)}"
        self.watch.add(name, envelope["queue"], self.boxes(envelope))
        try:
            self.peer.put(name, envelope, content)
        except AloneError as error:
            # It may have come all the same: the list of what is there shows it later.
            self.watch.forget([name])
            self.alone += 1
            if time.monotonic() > self._told + TELL:
                self._told = time.monotonic()
                tell(f"{envelope['queue']} is on this server alone, as {self.alone} messages so far: {error}")
            if self.required:
                raise
            return None
        self.kept += 1
        return name

    def boxes(self, envelope: dict[str, Any]) -> tuple[str, ...]:
        """The mailboxes that a message goes to from here."""
        if not self.delivers:
            return ()
        addresses = self.lists()
        found = (addresses.mailbox(each) for each in addresses.of(envelope["from"], envelope["to"]))
        return tuple(dict.fromkeys(box for box in found if box))

    def tend(self) -> None:
        """Drop the copies that are needed no more, for ever."""
        listed = float("-inf")
        while True:
            began = time.time()
            try:
                if self.peer.why_alone or time.monotonic() > listed + LISTED:
                    self._adopt(self.peer.probe()["copies"])
                    listed = time.monotonic()
                before = time.time()
                if len(self.watch) and (queue := in_queue()) is not None:
                    # Each mailbox is asked once in a look: a list has thousands, and messages wait meanwhile.
                    self._settle(self.watch.look(queue, before, time.time(), cache(copied)))
            except AloneError:
                pass
            except (OSError, ValueError, KeyError) as error:  # it goes on: what is not known is kept
                tell(f"copies stay for now: {type(error).__name__}: {error}")
            self._figures()
            # A queue that takes long to read is read less often.
            time.sleep(max(1.0 if self.peer.why_alone else EACH, 4 * (time.time() - began)))

    def _adopt(self, copies: dict[str, Any]) -> None:
        # Those of a queue that was lost with its disk are not followed: they wait to be sent from there (replay).
        mine = {name: each for name, each in copies.items() if each.get("spool") == self.spool}
        if orphans := len(copies) - len(mine):
            tell(f"{self.peer.name} has {orphans} copies of a queue that is gone: mail-shadow replay there sends them")
        known = {name: (each["queue"], self.boxes(each)) for name, each in mine.items()}
        self.watch.adopt(known, time.time())

    def _settle(self, round_: Round) -> None:
        if round_.mark:
            self.peer.ask(do="mark", states=round_.mark)
        if round_.drop:
            self.peer.ask(do="drop", ids=round_.drop)
            self.watch.forget(round_.drop)
        if round_.copy:
            ask_for_copies(round_.copy)

    def _figures(self) -> None:
        text = (
            "# HELP mail_shadow_copies Messages whose copy is on the other server now.\n"
            f"# TYPE mail_shadow_copies gauge\nmail_shadow_copies {len(self.watch)}\n"
            "# HELP mail_shadow_messages_total Messages accepted, by whether the other server had them before.\n"
            "# TYPE mail_shadow_messages_total counter\n"
            f'mail_shadow_messages_total{{copied="yes"}} {self.kept}\n'
            f'mail_shadow_messages_total{{copied="no"}} {self.alone}\n'
            "# HELP mail_shadow_alone Whether the other server keeps no copies now.\n"
            f"# TYPE mail_shadow_alone gauge\nmail_shadow_alone {int(bool(self.peer.why_alone))}\n"
        )
        partial = FIGURES.with_suffix(".new")
        partial.write_text(text)
        partial.chmod(0o644)
        partial.replace(FIGURES)
