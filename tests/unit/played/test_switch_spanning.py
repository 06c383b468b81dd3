"""Who would be the root of the spanning tree, by what a BPDU says."""

import pytest

from roles.played.switch.files.switch.spanning import Vector, alone, vector

US = "02:00:00:00:00:01"


def frame(said: Vector, head: str = "424203") -> bytes:
    bpdu = bytes(5) + said.root + said.cost.to_bytes(4, "big") + said.bridge + said.port + bytes(8)
    return bytes.fromhex("0180c2000000" + US.replace(":", "") + "0026" + head) + bpdu


@pytest.mark.parametrize("head", ["424203", "aaaa0300000c010b"])
def test_what_is_said_is_read(head: str) -> None:
    said = alone(4096, US)
    assert vector(frame(said, head)) == said


def test_the_lower_priority_address_and_cost_are_superior() -> None:
    us = alone(4096, US)
    assert alone(0, "ff:ff:ff:ff:ff:ff") < us < alone(8192, "00:00:00:00:00:00")
    assert alone(4096, "02:00:00:00:00:00") < us
    assert us < Vector(us.root, 4, us.bridge, us.port)


@pytest.mark.parametrize("junk", [b"", bytes(14), bytes(60), frame(alone(4096, US))[:40], bytes(14) + b"BB\x03"])
def test_junk_says_nothing(junk: bytes) -> None:
    assert vector(junk) is None
