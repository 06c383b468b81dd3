"""Traffic between a desk and the data centre while something is done to the network, and what of it was lost."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

EVERY = 5  # milliseconds between two probes
PROBES = 1000  # in one flow: it ends by itself after some 5 seconds
BEGUN = 20  # probes that must have been answered before anything is done


@dataclass
class Flow:
    """The probes that were answered, by number. `longest` and `lost` are known once the flow has ended."""

    answered: set[int] = field(default_factory=set)
    sent: int = 0

    @property
    def lost(self) -> int:
        return self.sent - len(self.answered)

    @property
    def longest(self) -> int:
        """Milliseconds between the last probe that was answered before the worst gap and the first one after it."""
        marks = [0, *sorted(self.answered), self.sent + 1]
        return max((late - soon - 1) * EVERY for soon, late in pairwise(marks))


@contextmanager
def flow(ssh_config: Path, source: str, target: str, probes: int = PROBES) -> Iterator[Flow]:
    """Probes that are under way within the block, and counted after it."""
    command = f"ping -n -i {EVERY / 1000} -c {probes} -W 1 {target}"
    seen = Flow()
    with subprocess.Popen(
        ["ssh", "-F", str(ssh_config), source, f"stdbuf -oL {command}"], stdout=subprocess.PIPE, text=True
    ) as ping:
        assert ping.stdout is not None
        try:
            for line in ping.stdout:
                _note(seen, line)
                if len(seen.answered) == BEGUN:
                    break
            yield seen
            for line in ping.stdout:
                _note(seen, line)
        finally:
            ping.kill()


def _note(seen: Flow, line: str) -> None:
    if answer := re.search(r"icmp_seq=(\d+) ttl=", line):
        seen.answered.add(int(answer[1]))
    elif total := re.match(r"(\d+) packets transmitted", line):
        seen.sent = int(total[1])
