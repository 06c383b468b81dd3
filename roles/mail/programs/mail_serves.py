#!/usr/bin/python3 -I
"""Whether this is the mail server that people use: mail-serves [--check].

The controllers say it: the service name has the address of the server that is used. A server that they give to another
may have been away while that took over. It stops what it serves, and begins again once they say otherwise or a deploy
has made it the standby. Where no controller answers, or none knows the name, what the last deploy said holds.
"""

import json
import secrets
import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

SETTINGS = Path("/etc/mail-role.json")
EVERY = 5  # seconds
PATIENCE = 2.0  # seconds, for a controller
A, IN = 1, 1


def addresses(server: str, name: str) -> set[str]:
    """The addresses of a name, by one server. Raises OSError, ValueError, IndexError, struct.error."""
    number = secrets.randbits(16)
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = labels + b"\0" + struct.pack(">HH", A, IN)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(PATIENCE)
        asking.connect((server, 53))  # only what comes from there is heard
        asking.send(struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + question)
        said = asking.recv(4096)
    found, flags, _, answers = struct.unpack(">HHHH", said[:8])
    if found != number or said[12 : 12 + len(question)] != question:
        raise ValueError("an answer to something else")
    if flags & 0xF:
        return set()
    return set(_read(said, 12 + len(question), answers))


def _read(said: bytes, place: int, answers: int) -> list[str]:
    found = []
    for _ in range(answers):
        while said[place] and said[place] < 0xC0:
            place += said[place] + 1
        place += 2 if said[place] else 1
        kind, _, _, length = struct.unpack(">HHIH", said[place : place + 10])
        place += 10
        if kind == A and length == 4:
            found.append(socket.inet_ntoa(said[place : place + length]))
        place += length
    return found


def may_serve(settings: dict[str, Any]) -> bool:
    """Not where every controller that answers gives the name to another mail server."""
    if settings["standby"]:
        return True
    said: set[str] = set()
    for controller in settings["controllers"]:
        with suppress(OSError, ValueError, IndexError, struct.error):
            said |= addresses(controller, settings["name"])
    return settings["address"] in said or not said.intersection(settings["others"])


def runs(unit: str) -> bool:
    return subprocess.run(["systemctl", "is-active", "--quiet", unit], check=False).returncode == 0


def watch() -> None:
    """Stop what runs and may not, and start what this program stopped."""
    stopped = False
    while True:
        settings = json.loads(SETTINGS.read_text())
        allowed = may_serve(settings)
        if not allowed and (running := [unit for unit in settings["units"] if runs(unit)]):
            print(f"{settings['name']} is another server: {', '.join(running)} stops", flush=True)
            subprocess.run(["systemctl", "stop", *running], check=True)
        if allowed and stopped:
            print(f"{settings['name']} is no other server: {', '.join(settings['units'])} may start", flush=True)
            started = subprocess.run(["systemctl", "start", *settings["units"]], check=False)
            stopped = started.returncode != 0  # then it is tried again: nobody else would start them
        stopped |= not allowed
        time.sleep(EVERY)


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        return 0 if may_serve(json.loads(SETTINGS.read_text())) else 1
    watch()
    return 1


if __name__ == "__main__":
    sys.exit(main())
