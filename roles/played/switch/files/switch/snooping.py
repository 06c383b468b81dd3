"""DHCP snooping: which host has which address, by the answers of the servers that are believed."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from ipaddress import IPv4Address
from pathlib import Path

COOKIE = bytes.fromhex("63825363")  # where the options begin
MESSAGE, LEASE, END = 53, 51, 255
ANSWER, ACK = 2, 5


@dataclass(frozen=True)
class Lease:
    """What a server gave to whom, for how many seconds."""

    mac: str
    address: str
    seconds: int


@dataclass(frozen=True)
class Binding:
    """An address that is a host's, at a port. `until` is on the clock of time.time: it may outlive a restart."""

    vlan: int
    mac: str
    address: str
    port: str
    until: float


def acknowledged(frame: bytes) -> Lease | None:
    """The lease of a DHCPACK that came without tag; None for any other frame. Never raises for what came from outside.

    An answer to DHCPINFORM gives no address, and no lease.
    """
    ip = frame[14:]
    if frame[12:14] != b"\x08\x00" or len(ip) < 20 or ip[9] != 17:
        return None
    udp = ip[4 * (ip[0] & 0x0F) :]
    said = udp[8:]
    if udp[:2] != b"\0\x43" or len(said) < 240 or said[0] != ANSWER or said[2] != 6 or said[236:240] != COOKIE:
        return None
    options = dict(_options(said[240:]))
    address = IPv4Address(said[16:20])
    lease = options.get(LEASE, b"")
    if options.get(MESSAGE) != bytes([ACK]) or not int(address) or len(lease) != 4 or not any(lease):
        return None
    return Lease(said[28:34].hex(":"), str(address), int.from_bytes(lease, "big"))


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 2 and data[0] != END:
        if data[0] == 0:  # padding has no length
            data = data[1:]
            continue
        yield data[0], data[2 : 2 + data[1]]
        data = data[2 + data[1] :]


class Bindings:
    """The table. A host has one address in a VLAN, and an address one host: the newest answer counts."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], Binding] = {}

    def learn(self, new: Binding) -> None:
        others = self._found.values()
        self._found = {(b.vlan, b.mac): b for b in others if (b.vlan, b.address) != (new.vlan, new.address)}
        self._found[new.vlan, new.mac] = new

    def present(self, now: float) -> list[Binding]:
        """Those whose lease has not ended, in order; the others are forgotten."""
        self._found = {key: binding for key, binding in self._found.items() if binding.until > now}
        return [binding for _, binding in sorted(self._found.items())]

    def keep(self, path: Path, now: float) -> None:
        """Write them, in one step."""
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps([asdict(binding) for binding in self.present(now)]))
        partial.replace(path)

    def remember(self, path: Path) -> None:
        """Those that were kept; none where the file is missing, or is none of ours."""
        with suppress(FileNotFoundError, json.JSONDecodeError, TypeError):
            for entry in json.loads(path.read_text()):
                self.learn(Binding(**entry))
