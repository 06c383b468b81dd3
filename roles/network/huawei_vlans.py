"""Lists of VLANs as VRP writes them: `10 20 to 29`."""

import re
from collections.abc import Iterable, Iterator

EVERY = frozenset(range(1, 4095))
PER_LINE = 10  # VRP takes no more ranges than these in one command


def parsed(text: str) -> frozenset[int]:
    """The VLANs of a list; `all` is every VLAN."""
    if text.strip() == "all":
        return EVERY
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?: to (\d+))?", text):
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def written(vlans: Iterable[int]) -> str:
    """A list of any length, as VRP prints it."""
    return " ".join(_runs(vlans))


def lines(beginning: str, vlans: Iterable[int]) -> list[str]:
    """As many commands as it takes; none without VLANs."""
    runs = list(_runs(vlans))
    return [f"{beginning} {' '.join(runs[i : i + PER_LINE])}" for i in range(0, len(runs), PER_LINE)]


def _runs(vlans: Iterable[int]) -> Iterator[str]:
    runs: list[list[int]] = []
    for vlan in sorted(vlans):
        if runs and vlan == runs[-1][-1] + 1:
            runs[-1].append(vlan)
        else:
            runs.append([vlan])
    for run in runs:
        yield str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}"
