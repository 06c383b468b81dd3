"""Lists of ports, as ProCurve writes them: 1-4,7."""

from collections.abc import Iterable
from itertools import groupby

from ..grammar import Refused

PORTS = tuple(str(number) for number in range(1, 29))


def parse(text: str) -> set[str]:
    """Raises Refused for a port that the switch does not have."""
    found: set[str] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= {str(number) for number in range(int(first), int(last or first) + 1)}
    if absent := sorted(found - set(PORTS), key=int):
        raise Refused(f"Module not present for port or invalid port: {absent[0]}")
    return found


def render(ports: Iterable[str]) -> str:
    numbers = sorted(map(int, ports))
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
