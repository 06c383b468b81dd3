#!/usr/bin/python3 -I
"""Keep the copies of mailboxes on other servers up to date: mail-copy SETTINGS.

Dovecot tells what happens to a mailbox (a stream of JSON objects on a unix socket), and that mailbox is synchronised
within a second: `doveadm backup`, which goes on from the last time. Each is compared whole when this begins, when
something failed, and each hour (of very many mailboxes: more seldom): what nobody told is found then. The first time
both sides give what they have (`doveadm sync`): the other one may have been used, and have what is not here.

In /run/mail-copy: <address> holds when the last synchronisation that succeeded began; `touch ask/<address>` asks for
one; .figures is for Prometheus.
"""

import base64
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path("/run/mail-copy")
ASK, EVENTS, FIGURES = FOLDER / "ask", FOLDER / ".events", FOLDER / ".figures"
PASSWORD = Path("/etc/dovecot/copies-password.conf")
AUTHORITY = "/etc/ssl/administration/ca.crt"
LISTENER = "dovecot"  # its process of events
AT_ONCE = 4  # mailboxes
TOGETHER = 1  # second: what happens within them is synchronised once
WHOLE, SPARED = 3600, 2  # seconds: each mailbox is compared whole so often; of many, one in so long
LONGEST_STATE = 100_000  # bytes: an argument of a program is never longer than 128 KiB (thousands of folders)
AWAY = 5  # seconds that a server that does not answer is left alone, for all mailboxes together
LONGEST, SOON = 1800, 40  # seconds that one may take; at first it is given less, since dsync may stall (seen on 2.4.1)
AGAIN = (1, 2, 5, 10, 20)  # seconds after a failure, the last of them for good
TICK = 0.2
SESSION, OWN = "mail_user_session_finished", 1  # seconds until we have heard of our own session
PARTLY = 2  # what doveadm sync answers where something changed under it
# Both sides made an INBOX at the same moment: dsync makes one of the two only where both give what they have.
ANOTHER = "INBOX can't be deleted"


@dataclass
class Mailbox:
    """What is known of one mailbox."""

    changed: float | None = 0.0  # since when something is to be copied; None: nothing
    due: float = 0.0
    whole: float = 0.0  # when it is next compared whole
    failures: int = 0
    stalls: int = 0  # how often in a row it took longer than it was given
    told: bool = False  # whether something is known to have happened; those that are only compared come after
    running: bool = False
    ended: float = 0.0  # when it last was synchronised
    rules: bool = True  # whether they may have changed
    states: dict[str, str] = field(default_factory=dict)  # by server: where the last synchronisation ended
    merged: set[str] = field(default_factory=set)  # the servers that gave what they had


class Copies:
    """Every mailbox, and which of them wait."""

    def __init__(self, settings: Path) -> None:
        self.settings, self.read_at = settings, 0.0
        self.wanted: dict[str, Any] = {}
        self.mailboxes: dict[str, Mailbox] = {}
        self.lock = threading.Lock()
        self.failures = self.synchronised = 0
        self.last = 0.0
        self.away: dict[str, float] = {}  # by server: until when it is left alone

    def read(self) -> None:
        """Read the settings where they are others than before."""
        changed = self.settings.stat().st_mtime
        if changed == self.read_at:
            return
        self.read_at, self.wanted = changed, json.loads(self.settings.read_text())
        now = time.time()
        with self.lock:
            before = self.mailboxes
            self.mailboxes = {
                address: before.get(address) or Mailbox(changed=now) for address in self.wanted["mailboxes"]
            }
        for path in FOLDER.iterdir():  # of who is no more
            if path.is_file() and not path.name.startswith(".") and path.name not in self.mailboxes:
                path.unlink(missing_ok=True)

    def changed(self, address: str, session: bool = False, rules: bool = True) -> None:
        """Something happened to a mailbox, or to one of those that its person shares with others.

        A session that ended may be that of the synchronisation itself, which is no reason for another one.
        """
        now = time.time()
        with self.lock:
            own = self.mailboxes.get(address)
            if session and own and (own.running or now - own.ended < OWN):
                return
            for name in (address, *self.wanted["together"].get(address, ())):
                if mailbox := self.mailboxes.get(name):
                    mailbox.rules |= rules
                    mailbox.told = True
                    if mailbox.changed is None:
                        mailbox.changed, mailbox.due = now, now + TOGETHER
                    elif mailbox.running and mailbox.due <= now:
                        mailbox.due = now + TOGETHER

    def next(self) -> list[str]:
        """Those whose time has come; from now on they are being synchronised."""
        now = time.time()
        with self.lock:
            for mailbox in self.mailboxes.values():
                if mailbox.changed is None and mailbox.whole < now:
                    mailbox.changed, mailbox.due, mailbox.states, mailbox.rules = now, now, {}, True
            ready = [
                (not each.told, each.due, name)
                for name, each in self.mailboxes.items()
                if each.changed is not None and not each.running and each.due <= now
            ]
            chosen = [name for _, _, name in sorted(ready)]
            running = sum(each.running for each in self.mailboxes.values())
            for name in chosen[: AT_ONCE - running]:
                self.mailboxes[name].running = True
        return chosen[: max(0, AT_ONCE - running)]

    def synchronise(self, address: str) -> None:
        """Bring the copies of one mailbox up to date."""
        with self.lock:
            mailbox = self.mailboxes.get(address)
            if mailbox is None:
                return  # its person left just now
            began = time.time()
            due, rules, mailbox.rules = mailbox.due, mailbox.rules, False
        done = [self._to(server, address, mailbox, rules) for server in self.wanted["others"]]
        with self.lock:
            mailbox.running, mailbox.ended = False, time.time()
            if all(done):
                mailbox.failures = 0
                if mailbox.whole <= began:
                    mailbox.whole = began + max(WHOLE, SPARED * len(self.mailboxes))
                mailbox.changed = began if mailbox.due != due else None  # it changed meanwhile
                mailbox.told = mailbox.changed is not None
                self.synchronised, self.last = self.synchronised + 1, time.time()
            else:
                mailbox.rules |= rules
                if None in done:
                    mailbox.due = time.time() + AWAY
                else:
                    mailbox.due = time.time() + AGAIN[min(mailbox.failures, len(AGAIN) - 1)]
                    mailbox.failures += 1
                    self.failures += 1
        if all(done):
            written(FOLDER / address, f"{began:.6f}\n")

    def _away(self, server: str) -> bool:
        """Whether a server did not answer a moment ago, and does not now."""
        until = self.away.get(server)
        if until is None or (until < time.monotonic() and listens(server, self.wanted["port"])):
            self.away.pop(server, None)
            return False
        if until < time.monotonic():
            self.away[server] = time.monotonic() + AWAY
        return True

    def _to(self, server: str, address: str, mailbox: Mailbox, rules: bool) -> bool | None:
        """Whether one copy is up to date; None where its server is known to be away: no program begins for nothing."""
        if self._away(server):
            return None
        place = f"tcps:{server}:{self.wanted['port']}"
        state = mailbox.states.get(server, "")
        verb = "backup" if server in mailbox.merged else "sync"
        line = ["doveadm", verb, "-u", address, "-s", state, place]
        given = min(LONGEST, SOON * 4**mailbox.stalls)
        stalled = False
        try:
            done = subprocess.run(line, capture_output=True, text=True, errors="replace", timeout=given, check=False)
        except subprocess.TimeoutExpired:
            stalled, done = True, subprocess.CompletedProcess(line, 75, "", f"longer than {given} s")
        if done.returncode == 0:
            state = done.stdout.strip()
            mailbox.states[server] = state if len(state) <= LONGEST_STATE else ""  # without one, all is compared
            mailbox.merged.add(server)
            mailbox.stalls = 0
            try:
                if rules:
                    forget_rules(server, self.wanted["port"], address)
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                done = subprocess.CompletedProcess(line, 75, "", f"rules: {error}")
            else:
                return True
        mailbox.states.pop(server, None)
        if ANOTHER in done.stderr:
            mailbox.merged.discard(server)
        if done.returncode != PARTLY and not listens(server, self.wanted["port"]):
            self.away[server] = time.monotonic() + AWAY
        elif stalled:  # one that is away takes long too
            mailbox.stalls = min(mailbox.stalls + 1, len(AGAIN))
        if done.returncode != PARTLY and mailbox.failures in (0, len(AGAIN)):  # not each time
            said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            print(f"{address}: not copied to {server}: {said[-1]}", file=sys.stderr, flush=True)
        return False

    def figures(self) -> str:
        """In the text form of Prometheus."""
        now = time.time()
        with self.lock:
            waiting = [each.changed for each in self.mailboxes.values() if each.changed is not None]
            known = len(self.mailboxes)
        figures = {
            "mail_copy_mailboxes": known,
            "mail_copy_waiting": len(waiting),
            "mail_copy_lag_seconds": round(max(0.0, now - min(waiting, default=now)), 3),
            "mail_copy_last_success_timestamp_seconds": round(self.last, 3),
            "mail_copy_synchronised_total": self.synchronised,
            "mail_copy_failures_total": self.failures,
        }
        kinds = {name: "counter" if name.endswith("_total") else "gauge" for name in figures}
        return "".join(f"# TYPE {name} {kinds[name]}\n{name} {value}\n" for name, value in figures.items())


def listens(server: str, port: int) -> bool:
    """Whether a server answers at all."""
    try:
        socket.create_connection((server, port), 5).close()
    except OSError:
        return False
    return True


def forget_rules(server: str, port: int, address: str) -> None:
    """Delete from a copy the scripts that are not here: dsync copies scripts, and knows nothing of those that went."""
    listed = ["doveadm", "-f", "tab", "sieve", "list", "-u", address]
    done = subprocess.run(listed, capture_output=True, text=True, timeout=60, check=True)
    here = {line.partition("\t")[0] for line in done.stdout.splitlines()[1:]}
    there = asked_of(server, port, address, "sieve list")[::2]
    for name in there:
        if name not in here:
            asked_of(server, port, address, "sieve delete", "-a", name)


def asked_of(server: str, port: int, address: str, *command: str) -> list[str]:
    """What a command of doveadm says on another server, field by field. Raises OSError, ValueError.

    Its own client speaks no TLS from the first byte but for dsync. What comes is in frames (a byte, a length).
    """
    found = re.search(r'"(.*)"', PASSWORD.read_text())
    plain = base64.b64encode(f"\0doveadm\0{found[1] if found else ''}".encode()).decode()
    tls = ssl.create_default_context(cafile=AUTHORITY)
    with tls.wrap_socket(socket.create_connection((server, port), 20), server_hostname=server) as connection:
        connection.settimeout(60)
        with connection.makefile("rwb") as stream:
            stream.write(f"VERSION\tdoveadm-server\t1\t3\nPLAIN\t{plain}\n".encode())
            stream.flush()
            said = [stream.readline() for _ in range(3)]  # its version, that it asks who we are, and yes
            if said[2] != b"+\n":
                raise ValueError(f"{server}: does not let us in")
            stream.write("\t".join(["", *map(escaped, (address, *command))]).encode() + b"\n")
            stream.flush()
            text = b""
            while not re.search(rb"(?:^|\n)[+-][^\n]*\n$", text):
                head = stream.read(5)
                if len(head) < 5:
                    raise ValueError(f"{server}: refuses: {command[0]}")
                text += stream.read(int.from_bytes(head[1:], "big"))
    fields, _, verdict = text.decode().rstrip("\n").rpartition("\n")
    if not verdict.startswith("+"):
        raise ValueError(f"{server}: {command[0]}: {verdict}")
    return [unescaped(each) for each in fields.split("\t")[:-1]]


ESCAPES = {"\x01": "1", "\t": "t", "\n": "n", "\r": "r"}


def escaped(text: str) -> str:
    """A field as doveadm sends it."""
    return "".join(f"\x01{ESCAPES[each]}" if each in ESCAPES else each for each in text)


def unescaped(text: str) -> str:
    """The field again."""
    letters = {code: letter for letter, code in ESCAPES.items()}
    return re.sub("\x01(.)", lambda found: letters.get(found[1], found[1]), text)


def written(path: Path, text: str) -> None:
    """Whole, or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text)
    partial.chmod(0o644)
    partial.replace(path)


def hear(copies: Copies, listening: socket.socket) -> None:
    """Read what Dovecot tells, from as many processes as it has."""
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_read, args=(copies, connection), daemon=True).start()


def _read(copies: Copies, connection: socket.socket) -> None:
    decoder, text = json.JSONDecoder(), ""
    with connection, connection.makefile("r", encoding="utf-8", errors="replace") as stream:
        while part := os.read(stream.fileno(), 65536).decode(errors="replace"):
            text += part
            while text := text.lstrip():
                try:
                    event, end = decoder.raw_decode(text)
                except ValueError:
                    break  # the rest of it is to come
                text = text[end:]
                if user := event.get("fields", {}).get("user"):
                    name = str(event.get("event"))
                    copies.changed(str(user).lower(), session=name == SESSION, rules=name.startswith("managesieve"))


def asked(copies: Copies) -> None:
    """Those for which another program asks."""
    for path in ASK.iterdir():
        with suppress(OSError):  # any account may ask, and what is no file asks for nothing
            path.unlink()
            copies.changed(path.name)


def main() -> int:
    ASK.mkdir(exist_ok=True)
    ASK.chmod(0o1733)
    copies = Copies(Path(sys.argv[1]))
    EVENTS.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening, ThreadPoolExecutor(AT_ONCE) as workers:
        listening.bind(str(EVENTS))
        shutil.chown(EVENTS, LISTENER)
        EVENTS.chmod(0o600)
        listening.listen(64)
        hearing = threading.Thread(target=hear, args=(copies, listening), daemon=True)
        hearing.start()
        told, work = 0.0, set[Future[None]]()
        while hearing.is_alive():  # one that hears nothing begins anew
            copies.read()
            with suppress(FileNotFoundError):
                asked(copies)
            work |= {workers.submit(copies.synchronise, address) for address in copies.next()}
            for done in [each for each in work if each.done()]:
                work.discard(done)
                done.result()  # a mistake of ours ends the program, which begins anew with everything to compare
            if time.monotonic() - told > 1:
                written(FIGURES, copies.figures())
                told = time.monotonic()
            time.sleep(TICK)
    return 1


if __name__ == "__main__":
    sys.exit(main())
