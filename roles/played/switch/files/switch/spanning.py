"""What a BPDU says of the spanning tree: enough to know which of two bridges would be nearer to the root."""

import struct
from dataclasses import dataclass

HELLO = 2.0  # seconds between two BPDUs
GROUP = bytes.fromhex("0180c2000000")
RAPID = bytes((0, 0, 2, 2, 0x3C))  # the protocol, its version, the kind; a designated port that forwards
TIMERS = struct.pack(">4HB", 0, 20 << 8, 2 << 8, 15 << 8, 0)  # age, maximum age, hello, forward delay
PRIORITY_VECTOR = 22  # bytes: root, cost, bridge, port
HEADS = {  # what stands before the protocol's own number (2 bytes), its version, the kind and the flags
    b"\x42\x42\x03": 17,  # IEEE 802.1D
    b"\xaa\xaa\x03\x00\x00\x0c\x01\x0b": 22,  # Cisco's, one for each VLAN
}


@dataclass(frozen=True, order=True)
class Vector:
    """A spanning tree priority vector (IEEE 802.1D-2004, 17.5): the lower one is the better one, the superior."""

    root: bytes  # priority and MAC address
    cost: int
    bridge: bytes
    port: bytes


def alone(priority: int, mac: str) -> Vector:
    """What a bridge would say that knows no other."""
    bridge = priority.to_bytes(2, "big") + bytes.fromhex(mac.replace(":", ""))
    return Vector(bridge, 0, bridge, b"\0\0")


def vector(frame: bytes) -> Vector | None:
    """What a BPDU says; None where it says nothing of the kind. Never raises for what came from outside."""
    begin = next((at for head, at in HEADS.items() if frame[14:].startswith(head)), None)
    said = frame[begin + 5 :][:PRIORITY_VECTOR] if begin else b""
    if len(said) < PRIORITY_VECTOR:
        return None
    return Vector(said[:8], int.from_bytes(said[8:12], "big"), said[12:20], said[20:22])


def hello(said: Vector, mac: str) -> bytes:
    """What a port says of the tree that takes no part in it: who hears it elsewhere has found a loop."""
    bpdu = RAPID + said.root + said.cost.to_bytes(4, "big") + said.bridge + said.port + TIMERS
    head = GROUP + bytes.fromhex(mac.replace(":", "")) + struct.pack(">H", 3 + len(bpdu))
    return (head + b"\x42\x42\x03" + bpdu).ljust(60, b"\0")
