"""What a BPDU says of the spanning tree: enough to know which of two bridges would be nearer to the root."""

from dataclasses import dataclass

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
