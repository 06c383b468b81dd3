"""What is lost when the primary uplink of a building dies under traffic, and when it comes back, in the lab.

`python -m tests.bench.uplinks --rounds 3`, after `make lab`. A probe every 5 ms, from a desk to the data centre.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from inventory.model import load
from tests.disturbances.lab import Lab
from tests.disturbances.traffic import EVERY, PROBES, Flow, flow

DESK, SERVER = "ws1", "10.10.10.11"


@dataclass
class Figure:
    """Milliseconds without an answer, one value a round, and the most that it should be. `lost` is in probes."""

    title: str
    limit: int
    gaps: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)

    def add(self, seen: Flow) -> None:
        self.gaps.append(seen.longest)
        self.lost.append(seen.lost)

    @property
    def reached(self) -> bool:
        return max(self.lost) == 0 if self.limit == 0 else max(self.gaps) <= self.limit

    def __str__(self) -> str:
        gaps, lost = (", ".join(map(str, values)) for values in (self.gaps, self.lost))
        wanted = f"≤ {self.limit} ms" if self.limit else "0 lost"
        state = "reached" if self.reached else "MISSED"
        return f"| {self.title} | {median(self.gaps):g} ms ({gaps}) | {lost} | {wanted} | {state} |"


Act = Callable[[], None]


def measure(lab: Lab, rounds: int) -> list[Figure]:
    """Each way to lose the link, and its return, in turn."""
    ways: list[tuple[str, int, Act, Act]] = [
        (
            "link down, core's end",
            150,
            lambda: lab.cut("resina1", "to-edge1"),
            lambda: lab.plug("resina1", "to-edge1"),
        ),
        ("link down, building's end", 150, lambda: lab.cut("edge1", "wan0"), lambda: lab.plug("edge1", "wan0")),
        (
            "silent, from the core",
            300,
            lambda: lab.silence("resina1", "to-edge1"),
            lambda: lab.speak("resina1"),
        ),
        ("silent, from the building", 300, lambda: lab.silence("edge1", "wan0"), lambda: lab.speak("edge1")),
    ]
    figures = [(Figure(title, limit), Figure(f"{title}: back", 0)) for title, limit, _, _ in ways]
    lab.whole()
    for _ in range(rounds):
        for (_, _, lose, mend), (gone, back) in zip(ways, figures, strict=True):
            with lab.hurt(mend):
                with flow(lab.ssh_config, DESK, SERVER) as seen:
                    lose()
                gone.add(seen)
                with flow(lab.ssh_config, DESK, SERVER) as seen:
                    mend()
                back.add(seen)
    return [figure for pair in figures for figure in pair]


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench.uplinks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    figures = measure(Lab(load("lab")), max(arguments.rounds, 1))
    print(f"\n{PROBES} probes, one every {EVERY} ms; the longest gap of each round, and what was lost in all\n")
    print("| the primary uplink | median (rounds) | probes lost | wanted | |\n|---|---|---|---|---|")
    for figure in figures:
        print(figure)
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
