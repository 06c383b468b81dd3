"""Some messages a second while mail is hurt: which were accepted, and what is in the mailbox of them afterwards."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from testinfra.host import Host

from roles.mail.config import RECOVERABLE
from tests.mail_programs import MailPrograms
from tests.waiting import within

SENDERS = 3  # mail programs that send at the same time
BACK = 90  # seconds until all that was accepted must be in

# Each message is sent until it is accepted, as a mail program does; each connection takes a few of them. Then all are
# looked for, and whatever came of this load is taken out of the mailbox.
LOAD = r"""
import collections, itertools, threading
person, colleague, tag = given["person"], given["colleague"], given["tag"]
stop, lock, numbers = threading.Event(), threading.Lock(), itertools.count()
accepted, refused, waited = {}, [], []
ends = float("inf")

def connected():
    client = smtplib.SMTP_SSL(server, 465, context=tls, timeout=20)
    client.user, client.password = person, given["passwords"][person]
    client.ehlo()
    try:
        client.auth("PLAIN", client.auth_plain)
    except smtplib.SMTPAuthenticationError as error:
        client.close()
        if b"onnection lost" in error.smtp_error:  # the password was not looked at
            raise OSError(error.smtp_error)
        raise
    return client

def sends():
    client, left = None, 0
    while not stop.is_set():
        subject = f"{tag}-{next(numbers):04d}"
        while time.monotonic() < ends:
            try:
                if client is None:
                    client, left = connected(), 4
                client.send_message(letter(person, colleague, subject), person, [colleague])
            except (OSError, EOFError, smtplib.SMTPException) as error:
                said = next(iter(error.recipients.values())) if hasattr(error, "recipients") else None
                code = said[0] if said else getattr(error, "smtp_code", 0)
                with lock:
                    (refused if code // 100 == 5 else waited).append([subject, code, str(error)[:200]])
                client and client.close()
                client = None
                time.sleep(0.5)
            else:
                with lock:
                    accepted[subject] = time.monotonic()
                    tell(accepted=len(accepted))
                break
        left -= 1
        if client and not left:
            client.close()
            client = None
        stop.wait(0.3)
    client and client.close()

threads = [threading.Thread(target=sends, daemon=True) for _ in range(given["senders"])]
for thread in threads:
    thread.start()
sys.stdin.readline()
stop.set()
ends = time.monotonic() + given["back"]
for thread in threads:
    thread.join(given["back"] + 60)
asked = time.monotonic()

def arrived():
    "How often each is there; a server that goes away is asked again."
    client = imap(colleague, max(1, ends - time.monotonic()))
    try:
        there = found(client, "INBOX", "SUBJECT", tag)
        said = client.fetch(b",".join(there), "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1] if there else []
        lines = [each[1].decode() for each in said if isinstance(each, tuple)]
        return collections.Counter(line.partition(":")[2].strip() for line in lines)
    finally:
        client.shutdown()

counts = {}
while set(accepted) - set(counts) and time.monotonic() < ends:
    counts = again(arrived)
    time.sleep(0.5)
seconds = time.monotonic() - asked
time.sleep(1)  # what comes twice may come later
counts = again(arrived)
tell(end=dict(accepted=sorted(accepted), counts=counts, refused=refused, waited=waited, seconds=seconds))
"""


@dataclass
class Load:
    """What was accepted so far; the rest once it has ended."""

    number: int = 0
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def accepted(self) -> set[str]:
        return set(self.said["accepted"])

    @property
    def counts(self) -> dict[str, int]:
        return cast(dict[str, int], self.said["counts"])

    @property
    def lost(self) -> set[str]:
        """Accepted, and not there."""
        return self.accepted - set(self.counts)

    @property
    def twice(self) -> list[str]:
        """One for each time that a message is there again."""
        return [subject for subject, times in self.counts.items() for _ in range(times - 1)]

    def goes_on(self, seconds: float, more: int = 1) -> bool:
        """Whether more messages are accepted by then."""
        wanted = self.number + more
        return within(seconds, lambda: self.number >= wanted)


@contextmanager
def load(programs: MailPrograms, pair: tuple[str, str], tag: str, senders: int = SENDERS) -> Iterator[Load]:
    """Mail that is sent within the block; after it what came of it is known."""
    person, colleague = pair
    given = programs.given([person, colleague], person=person, colleague=colleague, tag=tag, senders=senders, back=BACK)
    line = ["ssh", "-F", programs.workstation.ssh_config, programs.workstation.name, programs.command(LOAD)]
    seen = Load()
    with subprocess.Popen(
        line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as ran:
        assert ran.stdin is not None
        assert ran.stderr is not None
        try:
            reader = threading.Thread(target=_note, args=(seen, ran), daemon=True)
            ran.stdin.write(given)
            ran.stdin.flush()
            reader.start()
            yield seen
            ran.stdin.write("\n")
            ran.stdin.close()
            ran.stdin = None
            reader.join(3 * BACK)
            assert seen.said, ran.stderr.read() if ran.poll() is not None else "the load does not end"
        finally:
            ran.kill()


def _note(seen: Load, ran: "subprocess.Popen[str]") -> None:
    assert ran.stdout is not None
    for line in ran.stdout:
        told = json.loads(line)
        seen.number = told.get("accepted", seen.number)
        seen.said = told.get("end", seen.said)


def forget(mail_server: Host, pair: tuple[str, str], tag: str) -> None:
    """Take what a load left out of the mailboxes."""
    for address in pair:
        for folder in ("INBOX", RECOVERABLE):  # what leaves the one is in the other
            mail_server.run("doveadm expunge -u %s mailbox %s SUBJECT %s", address, folder, tag)
