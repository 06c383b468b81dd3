#!/usr/bin/python3 -I
"""Whether Knot serves every zone of our folder, signed and as its file says, and no other. A line for each trouble.

With a number of seconds it waits as long for the end of trouble: a reload takes zones up one after the other. With a
folder after it, that one is what should be served. Exit status 1 where there is trouble.
"""

import re
import socket
import struct
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

SERVER = Path("/etc/knot/knot.conf")
ZONES = Path(sys.argv[2] if len(sys.argv) > 2 else "/etc/knot/zones")
OF_KNOT = {"SOA", "RRSIG", "NSEC", "DNSKEY", "CDS", "CDNSKEY"}  # it makes them, whatever the file says
SOA, IN, AUTHORITATIVE, FAILED = 6, 1, 0x0400, 0x000F

Record = tuple[str, str, str, str]  # name, TTL, kind, data


def main() -> int:
    deadline = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 0)
    while (found := list(trouble())) and time.monotonic() < deadline:
        time.sleep(0.3)
    for line in found:
        print(line)
    return 1 if found else 0


def trouble() -> Iterator[str]:
    served: defaultdict[str, set[Record]] = defaultdict(set)
    for line in said("knotc", "zone-read", "--"):
        zone, _, text = line.removeprefix("[").partition("] ")
        served[zone.removesuffix(".")] |= set(records([text]))
    taken_up = {line.removeprefix("[").partition(".] ")[0] for line in said("knotc", "zone-status")}
    wanted = {path.stem for path in ZONES.glob("*.zone")}
    for zone in sorted(taken_up - wanted):
        yield f"{zone}: served, and not wanted"
    for zone in sorted(wanted):
        kinds = {(kind, data.split()[0]) for _, _, kind, data in served[zone]}
        if ours(served[zone]) != ours(records(said("kzonecheck", "--print", "--origin", zone, f"{ZONES}/{zone}.zone"))):
            yield f"{zone}: not served as its file says"
        elif not {("RRSIG", "SOA"), ("RRSIG", "DNSKEY")} <= kinds:
            yield f"{zone}: not signed"
        elif why := silence(zone):
            yield f"{zone}: {why}"


def said(*command: str) -> list[str]:
    """What a program prints; nothing where it fails, which then is not what is wanted."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def records(lines: Iterable[str]) -> Iterator[Record]:
    for line in lines:
        fields = line.split(None, 3)
        if len(fields) == 4 and not line.startswith(";"):
            yield fields[0].lower(), fields[1], fields[2], fields[3]


def ours(found: Iterable[Record]) -> set[Record]:
    return {record for record in found if record[2] not in OF_KNOT}


def silence(zone: str) -> str:
    """Why a client has no answer that is the server's own; "" where it has one."""
    (address,) = re.findall(r"^ *listen: (\S+)@53$", SERVER.read_text(), re.MULTILINE)
    name = b"".join(bytes([len(label)]) + label.encode() for label in zone.split(".")) + b"\0"
    query = struct.pack("!6H", 1, 0, 1, 0, 0, 0) + name + struct.pack("!2H", SOA, IN)
    why = ""
    for _ in range(3):  # who is flooded drops some of it
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(2)
            try:
                asker.connect((address, 53))
                asker.send(query)
                flags = struct.unpack_from("!H", asker.recv(4096), 2)[0]
            except OSError as error:
                why = f"no answer: {error}"
                continue
        return "" if flags & AUTHORITATIVE and not flags & FAILED else f"refused: {flags & FAILED}"
    return why


if __name__ == "__main__":
    sys.exit(main())
