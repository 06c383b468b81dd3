"""tls-reports listen: count what Postfix tells. tls-reports send [DOMAIN]: make reports of the days that are over.

With a domain: of what there is of it now, today too.
"""

import json
import os
import queue
import smtplib
import socket
import sqlite3
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from .look import Looks
from .report import Sender, message, readers, report
from .store import KEEP_DAYS, Store

SETTINGS = Path("/etc/mail-reports.json")
ENTRY = ("127.0.0.1", 10589)  # of Postfix, for reports alone
FIRST = 3  # the descriptor of the socket that systemd opened (sd_listen_fds(3))
TESTS = "mode: testing"
TO_BE_LOOKED_AT = 1000
# What Postfix tells and is not understood, or cannot be written down: it is said, and left. Counting goes on.
ODD = (ValueError, KeyError, TypeError, AttributeError, sqlite3.Error)


def today() -> str:
    """The day in UTC, as reports have it."""
    return datetime.now(UTC).date().isoformat()


def listen(sender: Sender) -> None:
    """Count until systemd says otherwise. What cannot be read is said, and left."""
    if not os.environ.get("LISTEN_FDS"):
        sys.exit("mail-tls-reports.socket starts this")
    store, tested = Store(), queue.Queue[dict[str, Any]](TO_BE_LOOKED_AT)
    threading.Thread(target=_look, args=(store, tested, sender.host), daemon=True).start()
    with socket.socket(fileno=FIRST) as told:
        while True:
            try:
                said = json.loads(told.recv(1 << 20))
                if any(TESTS in each.get("policy-string", []) for each in said["policies"]) and not tested.full():
                    tested.put(said)
                else:
                    store.add(today(), said)
            except ODD as error:
                print(f"what Postfix tells is not counted: {error!r}", flush=True)


def _look(store: Store, tested: "queue.Queue[dict[str, Any]]", host: str) -> None:
    """By a policy that only tests Postfix has not looked at a certificate: it is done here."""
    looks = Looks(host)
    while True:
        said = tested.get()
        try:
            for each in said["policies"]:
                if TESTS in each.get("policy-string", []) and not each["f"]:
                    wrong = looks.at(said["d"], each.get("mx-host", []))
                    if wrong:
                        each["f"], each["failure-details"] = 1, [wrong]
            store.add(today(), said)
        except ODD as error:
            print(f"what was looked at is not counted: {error!r}", flush=True)


def send(sender: Sender, only: str | None) -> int:
    """Hand each report to Postfix; those that it does not take are tried again the next day."""
    store, failed = Store(), 0
    store.forget((datetime.now(UTC).date() - timedelta(days=KEEP_DAYS)).isoformat())
    before = (date.fromisoformat(today()) + timedelta(days=1 if only else 0)).isoformat()
    for day, domain, record in store.waiting(before):
        if only and domain != only:
            continue
        to = readers(record)
        if to:
            try:
                told = report(sender, day, domain, store.of(day, domain), f"{uuid4().hex}@{sender.host}")
                with smtplib.SMTP(*ENTRY, timeout=60) as client:
                    client.send_message(message(sender, to, day, domain, told), sender.address, to)
            except (OSError, ValueError, KeyError, TypeError) as error:  # of one domain: the others have theirs
                print(f"the report of {day} for {domain} waits: {error!r}", file=sys.stderr)
                failed += 1
                continue
        print(f"{day} {domain}: {', '.join(to) or 'asks for no report by mail'}")
        store.done(day, domain)
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    """Listen, or send."""
    sender = Sender(**json.loads(SETTINGS.read_text()))
    match arguments:
        case ["listen"]:
            listen(sender)
            return 0
        case ["send", *only] if len(only) < 2:
            return send(sender, only[0].lower() if only else None)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
