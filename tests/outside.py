"""A mail server of the outside world, played on a core of RESINA for as long as a test needs it.

It takes everything, and keeps it until the test ends. People write to it by its address: `somebody@[10.10.10.254]`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from testinfra.host import Host

from inventory.model import Administration
from tests.conftest import connect
from tests.waiting import within

# A line a message: its envelope and its text.
SERVER = r"""
import json, socketserver, sys, threading
address, place = sys.argv[1:]
writing = threading.Lock()
class Session(socketserver.StreamRequestHandler):
    timeout = 60
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")
    def handle(self):
        sender, recipients = "", []
        self.say("220 outside.example")
        while line := self.rfile.readline().decode(errors="replace").strip():
            verb = line.upper()
            if verb.startswith("MAIL"):
                sender, recipients = line[line.index("<") + 1 : line.index(">")], []
            elif verb.startswith("RCPT"):
                recipients.append(line[line.index("<") + 1 : line.rindex(">")])
            elif verb == "DATA":
                self.say("354 go on")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    if not (more := self.rfile.readline()):
                        return
                    text += more
                with writing, open(place, "a") as kept:
                    print(json.dumps([sender, recipients, text.decode(errors="replace")]), file=kept)
            elif verb == "QUIT":
                return self.say("221 bye")
            self.say("250 yes")
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
with Server((address, 25), Session) as server:
    threading.Timer(600, server.shutdown).start()
    server.serve_forever()
"""


@dataclass(frozen=True)
class Outside:
    """The mail server that is played."""

    host: Host
    address: str
    place: str

    def recipient(self, name: str = "quelquun") -> str:
        """An address there."""
        return f"{name}@[{self.address}]"

    def received(self, tag: str) -> list[tuple[str, list[str], str]]:
        """The messages with a word in them: sender and recipients of the envelope, text."""
        lines = self.host.check_output("cat %s", self.place).splitlines()
        messages: list[Any] = [json.loads(line) for line in lines]
        return [(sender, recipients, text) for sender, recipients, text in messages if tag in text]

    def gets(self, tag: str, count: int = 1, seconds: float = 60) -> bool:
        """Whether so many messages with a word in them arrive by then."""
        return within(seconds, lambda: len(self.received(tag)) >= count)


@contextmanager
def outside_of(administration: Administration) -> Iterator[Outside]:
    """Play it; what it was is gone afterwards."""
    name, core = next((n, c) for n, c in administration.platform.resina.cores.items() if c.serves)
    assert core is not None
    host = connect(administration, name)
    mail = administration.running("mail")[0]
    way = json.loads(host.check_output("ip -json -4 route get %s", str(mail.address)))
    address, place = way[0]["prefsrc"], host.check_output("mktemp")
    started = "setsid python3 -c %s %s %s >/dev/null 2>%s.errors </dev/null & echo $!"
    pid = host.check_output(started, SERVER, address, place, place)
    try:
        listens = f"ss -Hltn sport = :25 src {address}"
        assert within(30, lambda: bool(host.check_output(listens).strip())), host.run(f"cat {place}.errors").stdout
        yield Outside(host, address, place)
    finally:
        host.run("kill %s", pid)
        host.run("rm -f %s %s.errors", place, place)
