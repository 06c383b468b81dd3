#!/usr/bin/python3 -I
"""Who guesses passwords from outside is shut out for a time: mail-guard serve SETTINGS | list | open ADDRESS...

Dovecot asks before each login, from whichever program (its policy protocol), and reports how it ended. An address is
judged by how many *different* wrong logins come from it, so a telephone that repeats an old password shuts nobody out.
SETTINGS is JSON: "port", "tries" within "within_minutes", "shut_minutes", "spared" (prefixes), "state" and "figures"
(files), "set" (family, table and set of the firewall).
"""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, IPv4Network, ip_address
from pathlib import Path
from typing import Any

LONGEST = 24 * 60 * 60  # seconds for which an address is shut out that was before
KNOWN = 100_000  # addresses that are remembered: whoever has more of them cannot fill the memory
EVERY = 3  # seconds: the firewall has what we say, even after somebody loaded its rules anew
SETTINGS = Path("/etc/mail-guard.json")
# People read it, in mail programs that show what a server says; IMAP wants it in ASCII.
REFUSAL = "Trop de mots de passe faux depuis cette adresse : reessayez plus tard (too many wrong passwords)"
# How a login fails that says nothing about who asks: the directory did not answer, or we refused it.
NOT_A_GUESS = {"internal", "policy"}


class Guard:
    """What is known of addresses. Who is inside, or behind a declared NAT, is never shut out."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.spared = [IPv4Network(prefix) for prefix in settings["spared"]]
        self.tries = settings["tries"]
        self.within, self.seconds = 60 * settings["within_minutes"], 60 * settings["shut_minutes"]
        self.wrong: dict[str, dict[tuple[str, str], float]] = {}
        self.shut: dict[str, float] = {}  # until when
        self.before: dict[str, tuple[int, float]] = {}  # how often, and when last
        self.counts: Counter[str] = Counter()
        self.lock = threading.Lock()

    def spares(self, address: str) -> bool:
        """Whether an address is none that is judged. Not those that are no IPv4: nothing of ours listens on IPv6."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return True
        return not isinstance(parsed, IPv4Address) or any(parsed in prefix for prefix in self.spared)

    def allows(self, address: str, now: float) -> bool:
        """Whether it may try at all."""
        with self.lock:
            return self.shut.get(address, 0) <= now

    def failed(self, address: str, login: str, password: str, now: float) -> bool:
        """Note a wrong login; whether the address is shut out for it. `password` is some bits of a hash."""
        with self.lock:
            spared = self.spares(address)
            self.counts["inside" if spared else "outside"] += 1
            if spared or self.shut.get(address, 0) > now:
                return False
            seen = self.wrong.pop(address, {})
            seen = {what: at for what, at in seen.items() if now - at < self.within} | {(login.lower(), password): now}
            if len(seen) < self.tries:
                self.wrong[address] = seen  # last: who has been silent longest goes first
                self._forget()
                return False
            times, last = self.before.get(address, (0, now))
            times = times if now - last < LONGEST else 0
            self.before[address] = (times + 1, now)
            self.shut[address] = now + min(self.seconds * 2**times, LONGEST)
            self.counts["shut"] += 1
            return True

    def _forget(self) -> None:
        for known in (self.wrong, self.before):
            while len(known) > KNOWN:
                del known[next(iter(known))]

    def present(self, now: float) -> dict[str, float]:
        """Who is shut out, and until when."""
        with self.lock:
            self.shut = {address: until for address, until in self.shut.items() if until > now}
            return dict(self.shut)

    def open(self, address: str) -> bool:
        """Let an address in again; whether it was shut out."""
        with self.lock:
            self.wrong.pop(address, None)
            self.before.pop(address, None)
            return self.shut.pop(address, None) is not None


class Wall:
    """The set of the firewall that refuses addresses. It ends each by itself, should we be gone."""

    def __init__(self, name: str) -> None:
        self.name = name

    def has(self) -> set[str]:
        """The addresses in it."""
        said = json.loads(_nft("-j", "list", "set", *self.name.split()))
        found = next(each["set"] for each in said["nftables"] if "set" in each).get("elem", [])
        return {each["elem"]["val"] if isinstance(each, dict) else each for each in found}

    def becomes(self, wanted: Mapping[str, float], now: float) -> None:
        """Have these addresses in it, and no others. An address that leaves was opened, or its time is over."""
        there = self.has()
        lines = [
            *(f"delete element {self.name} {{ {address} }}" for address in sorted(there - wanted.keys())),
            *(
                f"add element {self.name} {{ {address} timeout {max(1, int(wanted[address] - now))}s }}"
                for address in sorted(wanted.keys() - there)
            ),
        ]
        if lines:
            _nft("-f", "-", text="\n".join([*lines, ""]))


def _nft(*arguments: str, text: str | None = None) -> str:
    done = subprocess.run(["/usr/sbin/nft", *arguments], input=text, capture_output=True, text=True, timeout=20)
    if done.returncode:
        raise OSError(f"nft: {done.stderr.strip()}")
    return done.stdout


class Keeper:
    """Keeps the firewall, a file for the next start, and figures as the guard knows them."""

    def __init__(self, guard: Guard, wall: Wall, state: Path, figures: Path) -> None:
        self.guard, self.wall, self.state, self.figures = guard, wall, state, figures
        self.news = threading.Event()
        if state.exists():
            known = json.loads(state.read_text())
            guard.shut.update({address: until for address, until in known.items() if not guard.spares(address)})

    def keep(self) -> None:
        """For ever."""
        before = ""
        while True:
            now = time.time()
            present = self.guard.present(now)
            try:
                self.wall.becomes(present, now)
                before = ""
            except (OSError, ValueError, StopIteration, subprocess.SubprocessError) as error:
                if before != (before := str(error)):  # rules are being loaded, or a person took the table away
                    print(f"the firewall cannot be told: {error}", file=sys.stderr, flush=True)
            _replace(self.state, json.dumps(present))
            _replace(self.figures, "".join(f"{line}\n" for line in self._figures(len(present))))
            self.news.wait(EVERY)
            self.news.clear()

    def _figures(self, present: int) -> Iterator[str]:
        yield from ("# TYPE mail_guard_shut_addresses gauge", f"mail_guard_shut_addresses {present}")
        yield from ("# TYPE mail_guard_shut_total counter", f"mail_guard_shut_total {self.guard.counts['shut']}")
        yield "# TYPE mail_guard_wrong_logins_total counter"
        for side in ("inside", "outside"):
            yield f'mail_guard_wrong_logins_total{{from="{side}"}} {self.guard.counts[side]}'


def _replace(path: Path, text: str) -> None:
    if path.exists() and path.read_text() == text:
        return
    partial = path.with_suffix(".partial")
    partial.write_text(text)
    partial.replace(path)


def answering(guard: Guard, keeper: Keeper) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 600

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            address, now = str(said.get("remote", "")), time.time()
            match self.path.rpartition("=")[2]:
                case "allow":
                    allowed = guard.allows(address, now)
                    self._say({"status": 0 if allowed else -1, "msg": "" if allowed else REFUSAL})
                case "report":
                    self._reported(said, address, now)
                    self._say({"status": 0, "msg": ""})
                case "/open":
                    opened = guard.open(address)
                    if opened:
                        print(f"{address}: let in again by hand", flush=True)
                        keeper.news.set()
                    self._say({"opened": opened})
                case _:
                    self.send_error(404)

        def _reported(self, said: Mapping[str, Any], address: str, now: float) -> None:
            if said.get("success") or said.get("policy_reject") or said.get("fail_type") in NOT_A_GUESS:
                return
            login, service = str(said.get("login", "")), said.get("protocol", "")
            if guard.failed(address, login, str(said.get("pwhash", "")), now):
                until = time.strftime("%H:%M:%S", time.localtime(guard.shut[address]))
                print(f"{address}: shut out until {until}, last for {login!r} ({service})", flush=True)
                keeper.news.set()

        def do_GET(self) -> None:
            self._say(guard.present(time.time()))

        def _say(self, answer: object) -> None:
            text = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: it is asked at each login."""

    return Answer


class Server(ThreadingHTTPServer):
    """Of each login at once Dovecot asks over a connection: one that has to wait is one that it does without."""

    request_queue_size = 512


def serve(settings: Mapping[str, Any]) -> None:
    """Answer for ever."""
    guard = Guard(settings)
    keeper = Keeper(guard, Wall(settings["set"]), Path(settings["state"]), Path(settings["figures"]))
    server = Server(("127.0.0.1", settings["port"]), answering(guard, keeper))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    keeper.keep()


def ask(settings: Mapping[str, Any], path: str, address: str = "") -> Any:
    """What the service that runs says."""
    connection = HTTPConnection("127.0.0.1", settings["port"], timeout=20)
    connection.request("POST" if address else "GET", path, json.dumps({"remote": address}) if address else None)
    return json.loads(connection.getresponse().read())


def main(arguments: list[str]) -> int:
    match arguments:
        case ["serve", settings]:
            serve(json.loads(Path(settings).read_text()))
        case ["list"]:
            for address, until in sorted(ask(json.loads(SETTINGS.read_text()), "/").items()):
                print(address, "until", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(until)))
        case ["open", *addresses] if addresses:
            for address in addresses:
                opened = ask(json.loads(SETTINGS.read_text()), "/open", address)["opened"]
                print(f"{address}: {'let in again' if opened else 'was not shut out'}")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
