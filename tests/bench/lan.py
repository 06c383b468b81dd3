"""The subject "lan": how fast switches are planned and changed, against Ansible's network_cli.

`python -m tests.bench.lan --jobs fetch,apply` measures some of it.
The repository is copied, with an inventory of buildings; a campus of played switches runs in a process of its own.
Both share this machine's processor, so the seconds of the processor are told apart.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench import buildings, network_cli
from tests.bench.district import District, Run
from tests.bench.paths import ANSIBLE

PLANNED, FETCHED, CHANGED = 300, 100, 50
LAN = (sys.executable, "-m", "deploys.lan", "--environment", buildings.ENVIRONMENT)
OK, CHANGES = 0, 2


@dataclass(frozen=True)
class Job:
    """One thing that is measured. `expected`: its exit status; `ends`: what the switches run afterwards."""

    name: str
    title: str
    switches: int
    command: Callable[[list[str], District], tuple[str, ...]]
    ends: str = "before"
    expected: int = OK
    limit: float | None = None  # seconds of the clock


def _ours(*options: str) -> Callable[[list[str], District], tuple[str, ...]]:
    return lambda names, _: (*LAN, *options, "--limit", ",".join(names))


JOBS = (
    Job("history", "plan, from history", PLANNED, _ours("--plan", "--from", "history"), expected=CHANGES, limit=3),
    Job("fetch", "fetch + plan", FETCHED, _ours("--plan"), expected=CHANGES, limit=8),
    Job("plan", "fetch + plan", CHANGED, _ours("--plan"), expected=CHANGES),
    Job("apply", "change, verify, save", CHANGED, _ours(), ends="after", limit=6),
    Job("ansible-plan", "Ansible --check", CHANGED, network_cli.check),
    Job("ansible-apply", "Ansible, the same", CHANGED, network_cli.change, ends="after"),
)
RATIOS = (("ansible-plan", "plan"), ("ansible-apply", "apply"))
AT_LEAST = 25


@dataclass
class Measured:
    """The runs of each job, by its name and in the order of the rounds."""

    runs: dict[str, list[Run]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def ratios(self, slow: str, fast: str) -> list[float]:
        """Of runs of the same round: what else the machine did weighs on both."""
        pairs = zip(self.runs.get(slow, ()), self.runs.get(fast, ()), strict=False)
        return [left.wall / right.wall for left, right in pairs]


def measure(district: District, jobs: list[Job], rounds: int) -> Measured:
    """Each job in each round, on switches that run what they ran before."""
    found = Measured()
    for number in range(1, rounds + 1):
        for job in jobs:
            names = buildings.switches(job.switches)
            district.reset()
            run = district.run(job.command(names, district))
            fault = district.fault(run, job.expected, names if job.ends == "after" else [])
            say(
                f"round {number}: {job.title}, {job.switches} switches: {run.wall:.2f} s{': ' + fault if fault else ''}"
            )
            if fault:
                found.errors.append(f"{job.name}, round {number}: {fault}")
            else:
                found.runs.setdefault(job.name, []).append(run)
    return found


def table(found: Measured) -> str:
    """The table of a bench."""
    lines = [
        f"{'':<24}{'switches':>9}{'runs':>6}{'wall s':>9}{'min':>8}{'max':>8}{'CPU s':>8}{'campus CPU':>12}"
        f"{'wanted':>9}"
    ]
    for job in JOBS:
        if runs := found.runs.get(job.name):
            walls = [run.wall for run in runs]
            wanted = f"{f'≤ {job.limit:g}':>9}{_verdict(median(walls) <= job.limit)}" if job.limit else ""
            lines.append(
                f"{job.title:<24}{job.switches:>9}{len(runs):>6}{median(walls):>9.2f}{min(walls):>8.2f}{max(walls):>8.2f}"
                f"{median(run.cpu for run in runs):>8.2f}{median(run.campus for run in runs):>12.2f}{wanted}"
            )
    for slow, fast in RATIOS:
        if ratios := found.ratios(slow, fast):
            lines.append(
                f"{f'{slow} / {fast}':<24}{CHANGED:>9}{len(ratios):>6}{median(ratios):>9.1f}{min(ratios):>8.1f}"
                f"{max(ratios):>8.1f}{'':>20}{f'≥ {AT_LEAST}':>9}{_verdict(median(ratios) >= AT_LEAST)}"
            )
    return "\n".join([*lines, *found.errors])


def _verdict(reached: bool) -> str:
    return "" if reached else "  MISSED"


def reached(found: Measured) -> bool:
    """Whether no run failed, and every figure that was measured is as wanted."""
    return not found.errors and "MISSED" not in table(found)


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def main() -> int:
    options = argparse.ArgumentParser(prog="tests.bench.lan", description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--jobs", default=",".join(job.name for job in JOBS), help="some of them, separated by commas")
    options.add_argument("--keep", type=Path, help="prepare in this folder and leave it there")
    arguments = options.parse_args()
    names = arguments.jobs.split(",")
    if unknown := set(names) - {job.name for job in JOBS}:
        options.error(f"no such job: {', '.join(sorted(unknown))} (there are: {', '.join(job.name for job in JOBS)})")
    jobs = [job for job in JOBS if job.name in names]
    if not ANSIBLE.exists() and any(job.name.startswith("ansible") for job in jobs):
        options.error(f"{ANSIBLE} is not there: `make bench SUBJECT=lan` installs it")
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="bench-lan-"))
    try:
        say(f"{max(job.switches for job in jobs)} switches")
        with District(folder, max(job.switches for job in jobs)) as district:
            found = measure(district, jobs, arguments.rounds)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder)
    print(f"\n{table(found)}\n\nload of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0 if reached(found) else 1


if __name__ == "__main__":
    sys.exit(main())
