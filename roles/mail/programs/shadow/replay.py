"""Sends what another server accepted and may not have delivered, for it is gone: from the copies that are here.

A mailbox of this server that holds a message already is left out, and so is who is known to have got it. What went to
the outside without our knowing of it goes there twice: better than never.
"""

import email
import email.policy
import json
import smtplib
import socket
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .addresses import Addresses, Lists
from .peer import AloneError, Peer
from .store import STORE, Store
from .wire import SETTINGS

DOOR = "/var/spool/postfix/private/replay"
HELD_DOOR = f"{DOOR}-held"
EACH = 500  # recipients in one go
PART = "part"  # the door (master.cf) of what passed a limit of its sender
OWN = {"Envoyés", "Brouillons"}  # where people's programs put what they write themselves, by the same Message-ID
SHARED_SENT = "+envoyes@"  # of a shared mailbox: there it was delivered (copies.j2)


@dataclass(frozen=True)
class Copy:
    """A copy, and what is to be known of it."""

    name: str
    envelope: dict[str, Any]
    state: dict[str, Any]
    message_id: str

    @property
    def held(self) -> bool:
        """Whether it waited for an operator; what came in parts did from its first moment."""
        return bool(self.state.get("held", self.envelope["door"] == PART))


Holds = Callable[[str, Copy, bool], bool]  # a mailbox, a copy, whether it is one of what was sent


def recipients(copy: Copy, addresses: Addresses, holds: Holds) -> list[str]:
    """To whom a message still goes."""
    left = None if "left" not in copy.state else {each.lower() for each in copy.state["left"]}
    wanted = []
    for address in addresses.of(copy.envelope["from"], copy.envelope["to"]):
        if box := addresses.mailbox(address):
            if not holds(box, copy, SHARED_SENT in address):
                wanted.append(address)
        elif left is None or address.lower() in left:
            wanted.append(address)
    return wanted


class Mailboxes:
    """What the mailboxes of this server hold of some days, by Message-ID; each is read once."""

    def __init__(self, since: datetime) -> None:
        self._since = (since - timedelta(days=2)).strftime("%d-%b-%Y")
        self._seen: dict[str, tuple[set[str], set[str]]] = {}

    def holds(self, box: str, copy: Copy, sent: bool) -> bool:
        """Whether a copy's message is there; what its person put there as its author does not count."""
        if not copy.message_id:
            return False  # nothing tells
        if box not in self._seen:
            self._seen[box] = self._read(box)
        received, own = self._seen[box]
        return copy.message_id in received or (sent and copy.message_id in own)

    def _read(self, box: str) -> tuple[set[str], set[str]]:
        said = subprocess.run(
            ["doveadm", "-f", "json", "fetch", "-u", box, "hdr.message-id mailbox", "SINCE", self._since],
            capture_output=True,
            check=True,
            timeout=300,
        ).stdout
        received, own = set[str](), set[str]()
        for message in json.loads(said or b"[]"):
            (own if message["mailbox"] in OWN else received).add(message["hdr.message-id"].strip())
        return received, own


class _Door(smtplib.SMTP):
    """Postfix, at a socket that root alone reaches."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002  # smtplib gives them
        found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        found.settimeout(timeout)
        found.connect(host)
        return found


def send(copy: Copy, to: list[str], content: bytes) -> None:
    """Put a message in the queue. Raises OSError (smtplib's errors are), and then it may be there in part."""
    sender = copy.envelope["from"]
    wide = " SMTPUTF8" if any(not each.isascii() for each in (sender, *to)) else ""
    for start in range(0, len(to), EACH):
        with _Door(HELD_DOOR if copy.held else DOOR, timeout=60) as door:
            door.ehlo("localhost")
            door.command_encoding = "utf-8"
            commands = [f"MAIL FROM:<{sender}>{wide}", *(f"RCPT TO:<{each}>" for each in to[start : start + EACH])]
            for command in commands:
                code, said = door.docmd(command)
                if code != 250:
                    raise smtplib.SMTPResponseException(code, said)
            code, said = door.data(content.replace(b"\n", b"\r\n"))
            if code != 250:
                raise smtplib.SMTPResponseException(code, said)


def message_id(content: bytes) -> str:
    """The Message-ID as it is written."""
    head = content.partition(b"\n\n")[0] + b"\n\n"
    return str(email.message_from_bytes(head, policy=email.policy.compat32).get("Message-ID", "")).strip()


def copies(store: Store) -> Iterable[Copy]:
    for name, envelope in store.copies():
        try:
            copy = Copy(name, envelope, store.state(name), message_id(store.content(name)))
        except FileNotFoundError:
            continue  # its server is there, and has dropped it meanwhile
        yield copy


def stores(server: str = "") -> dict[str, Store]:
    """The copies that are here, by the server whose messages they are."""
    folders = (path for path in sorted(STORE.iterdir()) if path.is_dir())
    return {path.name: Store(path) for path in folders if server in ("", path.name)}


def present(name: str) -> str:
    """Which queue a server has now; "" where it does not answer."""
    settings = json.loads(SETTINGS.read_text())
    if name not in settings["peers"]:
        return ""
    each = settings["peers"][name]
    try:
        return str(Peer(name, each["fqdn"], each["address"], settings["port"]).ask(do="who")["spool"])
    except AloneError:
        return ""


def replay(server: str, tell: Callable[[str], None]) -> bool:
    """Send what is left of some server, or of all others; whether all of it is in the queue, or nowhere needed.

    A server that is there has its queue still, and sends it itself.
    """
    addresses, well = Lists()(), True
    for name, store in stores(server).items():
        found, spool = list(copies(store)), present(name)
        if here := [copy for copy in found if copy.envelope.get("spool") == spool]:
            tell(f"{name}: answers, so its own queue goes on with {len(here)} messages")
            found = [copy for copy in found if copy.envelope.get("spool") != spool]
        oldest = min((copy.envelope["at"] for copy in found), default=0.0)
        holds = Mailboxes(datetime.fromtimestamp(oldest, UTC)).holds
        queued = people = skipped = failed = 0
        for copy in found:
            try:
                if to := recipients(copy, addresses, holds):
                    send(copy, to, store.content(copy.name))
                    queued, people = queued + 1, people + len(to)
                else:
                    skipped += 1
                # Only now: the server that comes back takes out of its queue what is noted.
                store.note_replayed(copy.envelope["queue"])
                store.drop([copy.name])
            except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
                failed += 1
                tell(f"{name}: {copy.envelope['queue']} is not in the queue: {type(error).__name__}: {error}")
        tell(
            f"{name}: {queued} put in the queue for {people} recipients, {skipped} were where they go, {failed} failed"
        )
        well = well and not failed
    return well


def listed(tell: Callable[[str], None]) -> None:
    """What is here: counts, and each copy's envelope."""
    for name, store in stores().items():
        found = list(store.copies())
        tell(f"{name}: {len(found)} copies")
        for copy, envelope in found:
            when = datetime.fromtimestamp(envelope["at"], UTC).isoformat(timespec="seconds")
            state = "held" if store.state(copy).get("held") else "waits"
            tell(f"  {when} {envelope['queue']} {state} <{envelope['from']}> -> {', '.join(envelope['to'])}")
