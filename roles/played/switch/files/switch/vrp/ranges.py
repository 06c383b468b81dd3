"""Lists of VLANs, as VRP writes them: 10 20 to 22."""

import re
from collections.abc import Iterable

ALL = range(1, 4095)
LIST = r"\d+( to \d+)?( \d+( to \d+)?)*"
PER_LINE = 10  # ranges


def parse(text: str) -> set[int]:
    """The VLANs of a list. Raises ValueError on what is no list of VLANs, or has more ranges than VRP takes."""
    if text == "all":
        return set(ALL)
    found: set[int] = set()
    if not re.fullmatch(LIST, text) or len(runs := re.findall(r"(\d+)(?: to (\d+))?", text)) > PER_LINE:
        raise ValueError(text)
    for first, last in runs:
        found.update(range(int(first), int(last or first) + 1))
    if not found or not found <= set(ALL):
        raise ValueError(text)
    return found


def lines(beginning: str, vlans: Iterable[int]) -> list[str]:
    """Printed: several lines where one has no room."""
    texts = render(vlans)
    return [f"{beginning} {' '.join(texts[i : i + PER_LINE])}" for i in range(0, len(texts), PER_LINE)]


def render(vlans: Iterable[int], dash: str = " to ") -> list[str]:
    runs: list[list[int]] = []
    for vlan in sorted(vlans):
        if runs and vlan == runs[-1][-1] + 1:
            runs[-1].append(vlan)
        else:
            runs.append([vlan])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}{dash}{run[-1]}" for run in runs]
