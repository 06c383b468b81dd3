"""The subject "lan": how fast switches are planned and changed, against Ansible's network_cli.

`python -m tests.bench.lan --jobs fetch,apply,lines` measures some of it.
The repository is copied, with an inventory of buildings; a campus of played switches runs in a process of its own.
Both share this machine's processor, so the seconds of the processor are told apart.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench import buildings, network_cli
from tests.bench.district import District, Run
from tests.bench.paths import ANSIBLE, ROOT

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
    Job("apply", "change, verify, save", CHANGED, _ours(), ends="after", limit=6),
    Job("libssh-fetch", "Ansible --check", FETCHED, network_cli.check),
    Job("libssh-apply", "Ansible, the same", CHANGED, network_cli.change, ends="after"),
    Job("paramiko-fetch", "Ansible --check, paramiko", FETCHED, partial(network_cli.check, ssh="paramiko")),
    Job("paramiko-apply", "the same, paramiko", CHANGED, partial(network_cli.change, ssh="paramiko"), ends="after"),
)
SWITCHES = {job.name: job.switches for job in JOBS}
# The tasks that have a limit in seconds, and that Ansible has too.
RATIOS = tuple((f"{ssh}-{job}", job) for ssh in ("libssh", "paramiko") for job in ("fetch", "apply"))
AT_LEAST = 25
HUAWEI = "huawei_vrp"
LINES = "lines"  # a job of its own: three lines to one switch of each platform (lines.py)


@dataclass
class Measured:
    """The runs of each job, by its name and in the order of the rounds."""

    runs: dict[str, list[Run]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    lines: list[dict[str, dict[str, float]]] = field(default_factory=list)  # seconds, by platform and by whom

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


def three_lines(rounds: int) -> list[dict[str, dict[str, float]]]:
    """In a process of its own, which nothing else has warmed up."""
    command = [sys.executable, "-m", "tests.bench.lines"]
    return [
        json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout) for _ in range(rounds)
    ]


def table(found: Measured) -> str:
    """The table of a bench."""
    lines = [
        f"{'':<26}{'switches':>9}{'runs':>6}{'wall s':>9}{'min':>8}{'max':>8}{'CPU s':>8}{'campus CPU':>12}"
        f"{'wanted':>9}"
    ]
    for job in JOBS:
        if runs := found.runs.get(job.name):
            walls = [run.wall for run in runs]
            wanted = f"{f'≤ {job.limit:g}':>9}{_verdict(median(walls) <= job.limit)}" if job.limit else ""
            lines.append(
                f"{job.title:<26}{job.switches:>9}{len(runs):>6}{median(walls):>9.2f}{min(walls):>8.2f}{max(walls):>8.2f}"
                f"{median(run.cpu for run in runs):>8.2f}{median(run.campus for run in runs):>12.2f}{wanted}"
            )
    for slow, fast in RATIOS:
        if ratios := found.ratios(slow, fast):
            lines.append(
                f"{f'{slow} / {fast}':<26}{SWITCHES[fast]:>9}{len(ratios):>6}{median(ratios):>9.1f}{min(ratios):>8.1f}"
                f"{max(ratios):>8.1f}{'':>20}{f'≥ {AT_LEAST}':>9}{_verdict(median(ratios) >= AT_LEAST)}"
            )
    return "\n".join([*lines, *_lines(found.lines), *found.errors])


def _lines(rounds: list[dict[str, dict[str, float]]]) -> Iterator[str]:
    """Three lines: Huawei must be no slower than netmiko is with the others."""
    if not rounds:
        return
    yield f"\n{'3 lines, seconds':<26}{'ours':>9}{'netmiko':>9}"
    seconds = {
        platform: {who: median(each[platform][who] for each in rounds) for who in ("ours", "netmiko")}
        for platform in rounds[0]
    }
    limit = max(each["netmiko"] for platform, each in seconds.items() if platform != HUAWEI)
    for platform, each in seconds.items():
        wanted = f"{f'≤ {limit:.2f}':>9}{_verdict(each['ours'] <= limit)}" if platform == HUAWEI else ""
        yield f"{platform:<26}{each['ours']:>9.3f}{each['netmiko']:>9.3f}{wanted}"


def _verdict(reached: bool) -> str:
    return "" if reached else "  MISSED"


def reached(found: Measured) -> bool:
    """Whether no run failed, and every figure that was measured is as wanted."""
    return not found.errors and "MISSED" not in table(found)


def prepared(jobs: list[Job], rounds: int, keep: Path | None) -> Measured:
    """Measure in a folder that is gone afterwards, where nobody named one."""
    folder = keep or Path(tempfile.mkdtemp(prefix="bench-lan-"))
    try:
        say(f"{max(job.switches for job in jobs)} switches")
        with District(folder, max(job.switches for job in jobs)) as district:
            return measure(district, jobs, rounds)
    finally:
        if not keep:
            shutil.rmtree(folder)


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def main() -> int:
    options = argparse.ArgumentParser(prog="tests.bench.lan", description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    known = [*(job.name for job in JOBS), LINES]
    options.add_argument("--jobs", default=",".join(known), help="some of them, separated by commas")
    options.add_argument("--keep", type=Path, help="prepare in this folder and leave it there")
    arguments = options.parse_args()
    names = arguments.jobs.split(",")
    if unknown := set(names) - set(known):
        options.error(f"no such job: {', '.join(sorted(unknown))} (there are: {', '.join(known)})")
    jobs = [job for job in JOBS if job.name in names]
    if not ANSIBLE.exists() and any(job.name.startswith(("libssh", "paramiko")) for job in jobs):
        options.error(f"{ANSIBLE} is not there: `make bench SUBJECT=lan` installs it")
    found = prepared(jobs, arguments.rounds, arguments.keep) if jobs else Measured()
    if LINES in names:
        say("3 lines to one switch of each platform")
        found.lines = three_lines(arguments.rounds)
    print(f"\n{table(found)}\n\nload of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0 if reached(found) else 1


if __name__ == "__main__":
    sys.exit(main())
