"""Long work in named phases, each timed: `python -m deploys.phases lab|test`. The first that fails ends the run."""

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from deploys.again import checked
from roles.lab.owner import LabBusyError, claim
from roles.lab.usage import sentence

PYTHON = sys.executable
BIN = Path(PYTHON).parent


@dataclass(frozen=True)
class Phase:
    name: str
    command: tuple[str, ...]
    asks_again: bool = False  # tests of machines, which share this one's processors


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(BIN / name), *arguments)


def module(name: str, *arguments: str) -> tuple[str, ...]:
    return (PYTHON, "-m", name, *arguments)


VALIDATE = Phase("validate", module("deploys.validate"))
DESTROY = Phase("destroy", module("roles.lab.destroy"))
ACCEPT = ("-n", "4", "--dist", "loadgroup", "tests/lab", "tests/hosts", "tests/devices", "tests/journeys")
VERIFY = Phase("verify", tool("pytest", *ACCEPT), asks_again=True)
# Alone and in order: each hurts the lab that the others use. A rehearsal reads the report of `verify`: not this one.
DISTURBANCES = Phase(
    "disturbances", tool("pytest", "tests/disturbances", "--junitxml=.cache/lab/disturbances.xml"), asks_again=True
)
REHEARSALS = Phase("rehearsals", tool("pytest", "tests/rehearsals"), asks_again=True)

LAB = module("deploys.engine", "deploy", "--deploy", "lab", "--inventory", "@local", "--yes")

BUILD = [
    Phase("artifacts", module("deploys.artifacts")),
    Phase("machines", LAB),
    # The network first, as in a new building: what starts on a workstation finds its servers at once.
    Phase(
        "network hosts", module("deploys.engine", "deploy", "--deploy", "network", "--limit", "router,played", "--yes")
    ),
    Phase("uplinks", module("deploys.uplinks")),  # what leads to the switches
    Phase("lan", module("deploys.lan")),
    Phase("deploy", module("deploys.engine", "deploy", "--yes")),
]
CHECKS = [
    Phase("lint", tool("ruff", "check")),
    Phase("format", tool("ruff", "format", "--check")),
    Phase("imports", tool("lint-imports")),
    Phase("types", tool("mypy")),
    VALIDATE,
    Phase("unit tests", tool("pytest", "-n", "2", "tests/unit")),
]
AGAIN = [
    Phase("second machines", (*LAB, "--expect-no-changes")),
    Phase("second deploy", module("deploys.engine", "deploy", "--yes", "--expect-no-changes")),
]
RUNS = {
    "lab": [VALIDATE, *BUILD, VERIFY, DISTURBANCES],
    "test": [*CHECKS, DESTROY, *BUILD, *AGAIN, VERIFY, DISTURBANCES, REHEARSALS, DESTROY],
    "checks": CHECKS,
}

NEXT = """
The administration runs. Try:
  make status                                    machines, services, addresses
  make passwords CHOSEN=1                        the people, and the passwords that they chose when the lab was checked
  make ssh HOST=ws1                              a workstation in the ministry's building
  make ssh HOST=sw1 CMD='show vlan brief'        its access switch
  make plan                                      after an edit in inventory/: what would change
  make destroy                                   leave this machine as it was"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.phases", description=__doc__)
    parser.add_argument("run", choices=list(RUNS))
    arguments = parser.parse_args()
    if arguments.run in ("lab", "test"):
        try:
            claim()
        except LabBusyError as error:
            print(error, file=sys.stderr)
            return 1
    times: list[tuple[str, float]] = []
    status, usage = 0, ""
    second: list[str] = []
    for phase in RUNS[arguments.run]:
        print(f"── {phase.name}", flush=True)
        started = monotonic()
        if phase.asks_again:
            status, at_second = checked(phase.command, Path(".cache/lab/tests", phase.name))
            second += at_second
        else:
            status = subprocess.run(phase.command, check=False).returncode
        times.append((phase.name, monotonic() - started))
        if phase is VERIFY:
            usage = sentence()
        if status:
            print(f"{phase.name} failed (exit status {status})", file=sys.stderr)
            break
    print("\nphase             seconds")
    for name, seconds in [*times, ("total", sum(seconds for _, seconds in times))]:
        print(f"{name:<16}{seconds:>9.1f}")
    if usage:
        print(usage)
    for test in second:
        print(f"passed only when asked again, to be looked into: {test}")
    if arguments.run == "lab" and status == 0:
        print(NEXT)
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\ninterrupted: the next run goes on from here")
