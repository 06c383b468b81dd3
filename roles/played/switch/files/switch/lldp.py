"""LLDP (IEEE 802.1AB): who a switch says that it is, and what it hears of its neighbours."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

GROUP = bytes.fromhex("0180c200000e")
ETHERTYPE = 0x88CC
HOLD = 120  # seconds that a neighbour is remembered
CHASSIS, PORT, TTL, PORT_DESCRIPTION, NAME, CAPABILITIES = 1, 2, 3, 4, 5, 7
MAC_ADDRESS, INTERFACE_NAME = 4, 5  # subtypes
BRIDGE, ROUTER = 0x04, 0x10
LETTERS = {BRIDGE: "B", ROUTER: "R"}


@dataclass(frozen=True)
class Neighbour:
    """What the other end of a cable says of itself."""

    port: str  # ours
    chassis: str
    their_port: str
    name: str
    capabilities: str
    until: float  # on the clock of time.monotonic


def frame(mac: str, name: str, port: str, short: str) -> bytes:
    """What is sent out of a port of a switch."""
    source = bytes.fromhex(mac.replace(":", ""))
    parts = (
        (CHASSIS, bytes([MAC_ADDRESS]) + source),
        (PORT, bytes([INTERFACE_NAME]) + short.encode()),
        (TTL, struct.pack(">H", HOLD)),
        (PORT_DESCRIPTION, port.encode()),
        (NAME, name.encode()),
        (CAPABILITIES, struct.pack(">HH", BRIDGE, BRIDGE)),
        (0, b""),
    )
    body = b"".join(struct.pack(">H", kind << 9 | len(value)) + value for kind, value in parts)
    return (GROUP + source + struct.pack(">H", ETHERTYPE) + body).ljust(60, b"\0")


def heard(port: str, data: bytes, now: float) -> Neighbour | None:
    """The neighbour that sent a frame; None where it is none of ours. Never raises for what came from outside."""
    if len(data) < 14 or struct.unpack(">H", data[12:14])[0] != ETHERTYPE:
        return None
    said = dict(_parts(data[14:]))
    if not {CHASSIS, PORT, TTL} <= said.keys() or len(said[TTL]) < 2:
        return None
    enabled = int.from_bytes(said.get(CAPABILITIES, b"")[2:4], "big")
    return Neighbour(
        port=port,
        chassis=_identifier(said[CHASSIS], MAC_ADDRESS),
        their_port=_identifier(said[PORT], 3),
        name=said.get(NAME, b"").decode(errors="replace"),
        capabilities=",".join(letter for bit, letter in LETTERS.items() if enabled & bit),
        until=now + int.from_bytes(said[TTL][:2], "big"),
    )


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 2:
        head = int.from_bytes(data[:2], "big")
        kind, size = head >> 9, head & 0x1FF
        if kind == 0:
            return
        yield kind, data[2 : 2 + size]
        data = data[2 + size :]


def _identifier(value: bytes, mac: int) -> str:
    """A name, or a MAC address as IOS writes it."""
    if value[:1] == bytes([mac]) and len(value) == 7:
        digits = value[1:].hex()
        return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"
    return value[1:].decode(errors="replace")
