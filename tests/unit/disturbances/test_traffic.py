"""What was lost of a flow, and for how long: by what ping prints."""

import pytest

from tests.disturbances.traffic import Flow, _note


def printed(numbers: list[int], sent: int) -> Flow:
    seen = Flow()
    for number in numbers:
        _note(seen, f"64 bytes from 10.10.10.11: icmp_seq={number} ttl=62 time=0.81 ms")
    _note(seen, "From 10.255.1.1 icmp_seq=4 Destination Net Unreachable")
    _note(seen, f"{sent} packets transmitted, {len(numbers)} received, 0% packet loss, time 45ms")
    return seen


@pytest.mark.parametrize(
    ("numbers", "sent", "lost", "longest"),
    [
        ([1, 2, 3, 4, 5], 5, 0, 0),
        ([1, 2, 5], 5, 2, 10),
        ([1, 3, 5, 9], 10, 6, 15),
        ([1, 2], 12, 10, 50),  # nothing came back any more
        ([], 4, 4, 20),
    ],
)
def test_losses(numbers: list[int], sent: int, lost: int, longest: int) -> None:
    flow = printed(numbers, sent)
    assert (flow.lost, flow.longest) == (lost, longest)
