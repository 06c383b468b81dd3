"""How fast `make validate` and a report are for a whole administration: `python -m tests.bench.inventory`.

The repository is copied, with an inventory of 30,000 people in place of the real one, and committed there.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests import scale

ROOT = Path(__file__).resolve().parents[2]
PERSON = "  - {{id: N{number}, login: nouvelle.{number}, given: Nafi, family: Nouvelle}}\n"


@dataclass(frozen=True)
class Run:
    """The seconds of one run: as a person waits for it, and of the processor."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Figure:
    """What was measured, and how many seconds it should take at most."""

    title: str
    runs: list[Run]
    limit: float

    def __str__(self) -> str:
        walls = ", ".join(f"{run.wall:.2f}" for run in self.runs)
        cpu = median(run.cpu for run in self.runs)
        state = "reached" if self.reached else "MISSED"
        return f"| {self.title} | {self.wall:.2f} s ({walls}) | {cpu:.2f} s | ≤ {self.limit:g} s | {state} |"

    @property
    def wall(self) -> float:
        return median(run.wall for run in self.runs)

    @property
    def reached(self) -> bool:
        return self.wall <= self.limit


def measure(rounds: int, folder: Path) -> list[Figure]:
    """The figures, from `rounds` runs of each command in turn."""
    place = repository(folder / "repository")
    cold, again, report = [], [], []
    timed(place, "deploys.validate")  # Python compiles the modules once
    for number in range(rounds):
        shutil.rmtree(place / ".cache", ignore_errors=True)
        cold.append(timed(place, "deploys.validate"))
        people = place / f"inventory/institutions/ministere-{number + 1:02}/people.yaml"
        people.write_text(people.read_text() + PERSON.format(number=number))
        again.append(timed(place, "deploys.validate"))
        report.append(timed(place, "deploys.report", BASE="HEAD"))
        run(place, "git", "checkout", "--quiet", ".")
    return [
        Figure("validate, nothing cached", cold, 3),
        Figure("validate, after one edit", again, 3),
        Figure("report on one file", report, 1),
    ]


def repository(place: Path) -> Path:
    """A copy of the repository with the large inventory, committed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if not name.startswith(("inventory/institutions/", "inventory/sites/", "inventory/applications/")):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)
    scale.write(place / "inventory")
    run(place, sys.executable, "-m", "deploys.codeowners")
    run(place, "git", "init", "--quiet")
    run(place, "git", "add", "--all")
    run(place, "git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "--quiet", "-m", "Scale")
    return place


def timed(place: Path, module: str, **environment: str) -> Run:
    """The time that a command takes."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run(place, sys.executable, "-m", module, **environment)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def run(place: Path, *command: str, **environment: str) -> None:
    """Run in the copy; what a command that fails says is shown."""
    variables = {**os.environ, "PYTHONPATH": str(place), "LC_ALL": "C.UTF-8", **environment}
    ran = subprocess.run(command, cwd=place, env=variables, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{' '.join(command)}:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")


def main() -> int:
    options = argparse.ArgumentParser(prog="tests.bench.inventory", description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="bench-inventory-") as folder:
        figures = measure(rounds, Path(folder))
    counts = (
        f"{scale.INSTITUTIONS} institutions, {scale.INSTITUTIONS * scale.PEOPLE_EACH} people, "
        f"{scale.BUILDINGS * scale.SWITCHES_EACH} switches"
    )
    print(f"\n| {counts} | median of {rounds} | processor | wanted | |\n|---|---|---|---|---|")
    print("\n".join(map(str, figures)))
    print(f"\nload of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
