"""`make bench`: how fast, against what, with counts beside times. `python -m tests.bench --help`."""

import argparse
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench import engine, results
from tests.bench.machines import MachineError
from tests.bench.tools import TOOLS

TITLES = {tool.name: tool.title for tool in TOOLS.values()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument(
        "--subject",
        choices=["engine", "inventory", "lan", "uplinks", "directory", "mail", "restore", "all"],
        default="all",
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--tools", default=",".join(TOOLS), help="some of them, separated by commas")
    parser.add_argument("--minutes", type=float, default=45, help="begin no run after so many")
    parser.add_argument("--table", action="store_true", help="print the table of the last bench, measure nothing")
    arguments = parser.parse_args()
    names = [name for name in arguments.tools.split(",") if name]
    if unknown := [name for name in names if name not in TOOLS]:
        parser.error(f"TOOLS={unknown[0]}: no such tool; there are {', '.join(TOOLS)}")
    if not names or not 1 <= arguments.hosts <= 100 or arguments.rounds < 1:
        parser.error("HOSTS is from 1 to 100, ROUNDS at least 1, TOOLS names at least one tool")
    if arguments.table:
        return show(results.last())
    status = 0
    if arguments.subject in ("engine", "all"):
        with exclusive():
            status = show(engine.run(names, arguments.rounds, arguments.hosts, arguments.minutes))
    if arguments.subject in ("inventory", "all"):
        command = [sys.executable, "-m", "tests.bench.inventory", "--rounds", str(arguments.rounds)]
        status = max(status, subprocess.run(command, check=False).returncode)
    if arguments.subject == "uplinks":  # it needs the lab, which the others do not
        with exclusive():
            status = subprocess.run(
                [sys.executable, "-m", "tests.bench.uplinks", "--rounds", str(arguments.rounds)], check=False
            ).returncode
    if arguments.subject == "directory":  # it takes samba from the lab's controller
        with exclusive():
            command = [sys.executable, "-m", "tests.bench.directory", "--rounds", str(arguments.rounds)]
            status = subprocess.run(command, check=False).returncode
    if arguments.subject == "mail":  # it needs the lab too
        with exclusive():
            status = subprocess.run(
                [sys.executable, "-m", "tests.bench.mail", "--rounds", str(arguments.rounds)], check=False
            ).returncode
    if arguments.subject == "restore":  # on the lab's mail server
        with exclusive():
            command = [sys.executable, "-m", "tests.bench.restore", "--rounds", str(arguments.rounds)]
            status = subprocess.run(command, check=False).returncode
    if arguments.subject in ("lan", "all"):
        with exclusive():
            command = [sys.executable, "-m", "tests.bench.lan", "--rounds", str(arguments.rounds)]
            status = max(status, subprocess.run(command, check=False).returncode)
    return status


def show(found: list[results.Result]) -> int:
    if not found:
        print("nothing was measured yet: `make bench`")
        return 1
    print(f"\n{results.table(found, TITLES)}")
    return 0 if results.reached(found) else 1


@contextmanager
def exclusive() -> Iterator[None]:
    """One bench at a time on this machine: two would measure each other."""
    with socket.socket(socket.AF_UNIX) as name:
        try:
            name.bind("\0administration-bench")  # not a file: the kernel drops it with the process
        except OSError:
            sys.exit("another bench runs on this machine: wait for it")
        yield


def terminated(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminated)
    try:
        sys.exit(main())
    except MachineError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("\ninterrupted: the machines are gone; `make bench TABLE=1` shows what was measured")
