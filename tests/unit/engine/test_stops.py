"""A run that is told to stop, or whose terminal goes away: what it says, how it ends, what it leaves."""

import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.engine.conftest import Place
from tests.unit.engine.machine import Machines

STEPS = """
for step in ("first", "second", "third"):
    server.shell(name=f"test: {step}", commands=[f"touch /srv/{step}"])
"""


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def stopped(process: "subprocess.Popen[str]", number: signal.Signals, when: Callable[[], object]) -> str:
    try:
        until(when)
        process.send_signal(number)
        _, said = process.communicate(timeout=15)
    finally:
        process.kill()
    assert process.returncode == 128 + number
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_while_it_connects(checkout: Place, machines: Machines, number: signal.Signals) -> None:
    checkout.deploy(STEPS)
    machines["dc1"].fault.silent = True
    said = stopped(checkout.start("deploy", "--limit", "dc1"), number, lambda: machines["dc1"].calls)
    assert said == f"\nstopped by {number.name}: nothing was changed\n"


def test_while_it_looks(checkout: Place, machines: Machines) -> None:
    checkout.deploy("host.get_fact(__import__('roles.common.files').common.files.FileState, path='/srv/x')\n" + STEPS)
    machines["dc1"].fault.hangs_on = "stat"
    said = stopped(checkout.start("deploy", "--limit", "dc1"), signal.SIGTERM, lambda: machines["dc1"].ran)
    assert said == "\nstopped by SIGTERM: nothing was changed\n"


def test_while_it_changes(checkout: Place, machines: Machines) -> None:
    checkout.deploy(STEPS)
    machines["dc1"].fault.hangs_on = "second"
    in_the_second = lambda: any("second" in ran.text for ran in machines["dc1"].ran)  # noqa: E731
    said = stopped(
        checkout.start("deploy", "--limit", "dc1,mail1"),
        signal.SIGTERM,
        lambda: (
            # The engine's own word: the machine has done a step before the engine knows.
            in_the_second() and re.search(r"mail1 +3/3 ", checkout.log)
        ),
    )
    assert said.splitlines() == [
        "",
        "stopped by SIGTERM: 4 of 6 changes were done",
        "  dc1: in the middle of: test: second",
        "  dc1: not done: test: third",
        "the next run completes what is left",
    ]
    # What was interrupted is done by the next run.
    machines["dc1"].fault.hangs_on = ""
    assert checkout.run("deploy", "--limit", "dc1").returncode == 0
    assert (machines["dc1"].srv / "third").exists()


def test_a_screen_that_closes_stops_nothing(checkout: Place, machines: Machines) -> None:
    checkout.deploy(STEPS)
    process = checkout.start("deploy")
    assert process.stdout is not None
    assert process.stdout.readline() == "15 changes on 5 machines\n"
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(30) == 0
    assert all((machine.srv / "third").exists() for machine in machines)
    assert "15 changed, 0 failed" in checkout.log


def test_an_output_that_cannot_be_written_is_said(checkout: Place) -> None:
    checkout.deploy(STEPS)
    with Path("/dev/full").open("w") as full:
        run = checkout.run("plan", "--json", "--limit", "dc1", stdout=full)
    assert run.returncode == 1
    assert run.stderr == "the output cannot be written: No space left on device\n"
