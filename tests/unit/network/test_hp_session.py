"""What a ProCurve paints on a terminal, read as text however it is cut on its way."""

import pytest

from roles.network.hp_session import ProCurveSession
from roles.network.ios_session import IosSession

# As netmiko's and fwbuilder's notes of real sessions have it: an echo, and a prompt painted on a wiped line.
PAINTED = (
    "\x1b[24;1Hno page\x1b[24;0H\x1bE\x1b[24;1H\x1b[24;13H\x1b[24;1H\x1b[?25h\x1b[24;13H"
    "\x1b[1;24r\x1b[24;1H\x1b[24;1H\x1b[2K\x1b[24;1H\x1b[?25h\x1b[24;1H\x1b[24;1H"
    "sw2# \x1b[24;1H\x1b[24;6H\x1b[?25h\x1b[24;6H"
)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_escape_codes_are_read_however_they_are_cut(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    chunks = [PAINTED[i : i + size] for i in range(0, len(PAINTED), size)]
    monkeypatch.setattr(IosSession, "_heard", lambda _self, _seconds: chunks.pop(0))
    session = ProCurveSession.__new__(ProCurveSession)
    session._read_buffer = "kept "
    heard = ""
    while chunks:
        heard += session._heard(0.0)
    assert heard == "kept no page\n\nsw2# "
