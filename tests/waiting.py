"""A network heals by itself: what crosses it is asked again for a while, never at one moment only."""

import time
from collections.abc import Callable

CHANGEOVER = 30  # seconds: longer than any link or route of the lab takes to come back


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether it holds by then; asked each half second."""
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return held
