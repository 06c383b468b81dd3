#!/usr/bin/python3 -I
"""How mail fares, for Prometheus: mail-metrics SETTINGS. It reads the journal as it grows, and asks Postfix what waits.

SETTINGS is JSON: "address" and "port" to answer at, "domains" the institution of each domain, "also" files of figures
that others write. Labels are names of institutions alone: neither people nor strangers make new ones.
"""

import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

JOURNAL = ["journalctl", "--follow", "--lines=0", "--output=json", "--output-fields=MESSAGE", "-upostfix", "-udovecot"]
QUEUES = ("active", "corrupt", "deferred", "hold", "incoming", "maildrop")
BUCKETS = (1, 5, 30, 120, 600, 3600)  # seconds
FRESH = 10  # seconds: the queue is not counted more often
OUTSIDE = "outside"
INSIDE = "private/dovecot-lmtp"  # in the relay of what goes to a mailbox
AGAIN = "127.0.0.1["  # of what comes back to us as another message

DELIVERY = re.compile(r": to=<([^>]*)>,.* relay=([^,]+),.* delay=([0-9.]+),.* status=(sent|deferred|bounced|expired)\b")
# A server elsewhere that does not prove itself as it must (DANE, MTA-STS), or has no TLS; not what it answers.
NOT_PROVED = re.compile(r", dsn=[45]\.7\.[45], status=(deferred|bounced|expired) \((?!host \S+ said: )")
NOT_NAMED = re.compile(r"^warning: MX name \S+ does not match STS MX pattern ")  # Postfix then asks no such server
REJECT = re.compile(r"reject: \S+ from \S+: ([45])")
RECIPIENT = re.compile(r"[ ,;]to=<([^>]*)>")
SUBMITTED = re.compile(r": client=.*, sasl_username=(\S+)")
LOGIN = re.compile(r"^(imap|managesieve)-login: (Logged in: |Login aborted: .*\(auth_failed\): )user=<([^>]*)>")
NO_LOGIN = re.compile(r": SASL \S+ authentication failed: (?:.*sasl_username=(\S+))?")

HELP = {
    "mail_recipients_total": "Deliveries tried, by the institution of the recipient and how they ended.",
    "mail_tls_refused_total": "Deliveries not made because a server elsewhere did not prove itself (DANE, MTA-STS).",
    "mail_rejects_total": "What was refused before it was taken, by the institution that it was for.",
    "mail_logins_total": "Logins, and those that failed; a submission that succeeds is a message.",
    "mail_submissions_total": "Messages taken from people, by their institution.",
}


class Figures:
    """What was read of the journal so far."""

    def __init__(self, domains: Mapping[str, str]) -> None:
        self.domains = domains
        self.lock = threading.Lock()
        self.counts: defaultdict[str, Counter[tuple[tuple[str, str], ...]]] = defaultdict(Counter)
        self.delays: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * (len(BUCKETS) + 2))  # sum last
        self.lines = 0

    def read(self, line: str) -> None:
        """Count what a line of Postfix or Dovecot says."""
        with self.lock:
            self.lines += 1
            if found := DELIVERY.search(line):
                self._delivered(*found.groups())
                if refused := NOT_PROVED.search(line):
                    self._count("mail_tls_refused_total", result=refused[1])
            elif NOT_NAMED.search(line):
                self._count("mail_tls_refused_total", result="deferred")
            elif found := REJECT.search(line):
                to = RECIPIENT.search(line)
                kind = "permanent" if found[1] == "5" else "temporary"
                self._count("mail_rejects_total", institution=self._whose(to[1] if to else ""), kind=kind)
            elif found := SUBMITTED.search(line):
                self._count("mail_submissions_total", institution=self._whose(found[1]))
            elif found := LOGIN.search(line):
                result = "ok" if found[2].startswith("Logged") else "failed"
                service = "imap" if found[1] == "imap" else "sieve"
                self._count("mail_logins_total", institution=self._whose(found[3]), result=result, service=service)
            elif found := NO_LOGIN.search(line):
                whose = self._whose(found[1] or "")
                self._count("mail_logins_total", institution=whose, result="failed", service="submission")

    def _delivered(self, to: str, relay: str, delay: str, status: str) -> None:
        if relay.startswith(AGAIN):
            return
        self._count("mail_recipients_total", institution=self._whose(to), result=status)
        if status == "sent":
            bucket = next((place for place, most in enumerate(BUCKETS) if float(delay) <= most), len(BUCKETS))
            delays = self.delays["inside" if INSIDE in relay else OUTSIDE]
            delays[bucket] += 1
            delays[-1] += float(delay)

    def _count(self, name: str, **labels: str) -> None:
        self.counts[name][tuple(sorted(labels.items()))] += 1

    def _whose(self, address: str) -> str:
        return self.domains.get(address.rpartition("@")[2].lower(), OUTSIDE)

    def shown(self) -> Iterator[str]:
        """In the text form of Prometheus."""
        with self.lock:
            for name, text in HELP.items():
                yield from (f"# HELP {name} {text}", f"# TYPE {name} counter")
                yield from (sample(name, dict(labels), count) for labels, count in sorted(self.counts[name].items()))
            name = "mail_delivery_seconds"
            yield from (f"# HELP {name} From when a message was taken to its delivery.", f"# TYPE {name} histogram")
            for to, delays in sorted(self.delays.items()):
                total = 0
                for most, count in zip((*BUCKETS, "+Inf"), delays[:-1], strict=True):
                    total += int(count)
                    yield sample(f"{name}_bucket", {"le": str(most), "to": to}, total)
                yield sample(f"{name}_count", {"to": to}, total)
                yield sample(f"{name}_sum", {"to": to}, round(delays[-1], 3))
            yield from ("# TYPE mail_journal_lines_total counter", sample("mail_journal_lines_total", {}, self.lines))


class Waiting:
    """What waits in the queues of Postfix."""

    def __init__(self) -> None:
        self.lock, self.at, self.lines = threading.Lock(), 0.0, list[str]()

    def shown(self) -> list[str]:
        with self.lock:
            if not self.lines or time.monotonic() - self.at > FRESH:
                self.lines, self.at = list(waiting(*asked(), time.time())), time.monotonic()
            return self.lines


def asked() -> tuple[str, bool]:
    """What Postfix says of its queues, and whether it did."""
    try:
        done = subprocess.run(["postqueue", "-j"], capture_output=True, text=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return "", False
    if done.returncode:
        print(f"postqueue: {done.stderr.strip()}", file=sys.stderr)
    return done.stdout, done.returncode == 0


def waiting(queue: str, readable: bool, now: float) -> Iterator[str]:
    """How many messages wait, and how long the first of them has, by queue."""
    yield from ("# TYPE mail_queue_readable gauge", sample("mail_queue_readable", {}, int(readable)))
    if not readable:
        return
    arrivals: dict[str, list[int]] = {name: [] for name in QUEUES}
    for line in queue.splitlines():
        message = json.loads(line)
        arrivals.setdefault(message["queue_name"], []).append(message["arrival_time"])
    yield "# TYPE mail_queue_messages gauge"
    yield from (sample("mail_queue_messages", {"queue": name}, len(times)) for name, times in arrivals.items())
    yield "# TYPE mail_queue_oldest_seconds gauge"
    for name, times in arrivals.items():
        yield sample("mail_queue_oldest_seconds", {"queue": name}, max(0, int(now - min(times, default=now))))


def sample(name: str, labels: Mapping[str, str], value: float) -> str:
    inside = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def follow(figures: Figures) -> None:
    """Read the journal for as long as it is there; without it there is nothing to tell, and the service starts anew."""
    with subprocess.Popen(JOURNAL, stdout=subprocess.PIPE) as journal:
        for line in journal.stdout or ():
            message: Any = json.loads(line).get("MESSAGE") or ""
            # A line with bytes that are no text comes as numbers.
            figures.read(message if isinstance(message, str) else bytes(message).decode(errors="replace"))


def answering(figures: Figures, queues: Waiting, also: list[Path]) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        timeout = 20

        def do_GET(self) -> None:
            if self.path != "/metrics":
                self.send_error(404)
                return
            text = "\n".join([*figures.shown(), *queues.shown(), ""])
            text += "".join(path.read_text() for path in also if path.exists())
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def version_string(self) -> str:
            return "mail-metrics"

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: it is asked four times a minute."""

    return Answer


def main() -> int:
    settings = json.loads(Path(sys.argv[1]).read_text())
    figures = Figures(settings["domains"])
    answer = answering(figures, Waiting(), [Path(path) for path in settings["also"]])
    server = ThreadingHTTPServer((settings["address"], settings["port"]), answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    follow(figures)
    return 1


if __name__ == "__main__":
    sys.exit(main())
