"""The subject "engine": the same no-op pass in every tool, in interleaved rounds, on machines of the bench's own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import machines as lab
from tests.bench import probe, results, state, tools
from tests.bench.machines import IN_NAMESPACE, Machine, MachineError
from tests.bench.paths import HERE, ROOT, RUN
from tests.bench.results import Result
from tests.bench.tools import TOOLS, Counts, Tool


def run(names: list[str], rounds: int, hosts: int, minutes: float) -> list[Result]:
    """Boot the machines, prove that the tools agree, measure; whatever happens, take the machines away."""
    deadline = time.monotonic() + minutes * 60
    build_image()
    lab.stop()  # what a dead bench left
    try:
        say(f"{hosts} machines")
        machines = lab.start(hosts)
        tools.prepare(machines)
        return Bench(machines, deadline).measure([TOOLS[name] for name in names], rounds)
    finally:
        with unstoppable():
            lab.stop()


@contextmanager
def unstoppable() -> Iterator[None]:
    """A second Ctrl-C must not stop the cleaning."""
    saved = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in saved.items():
            signal.signal(number, handler)


def build_image() -> None:
    """The lab's base image, built where it is missing."""
    pyinfra = Path(sys.executable).with_name("pyinfra")
    command = [str(pyinfra), "-y", "@local", str(HERE / "deploys" / "image.py")]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MachineError(f"the base image cannot be built: {done.stderr.strip()[-2000:]}")


class Bench:
    """Machines that hold the state, and the runs over them."""

    def __init__(self, machines: list[Machine], deadline: float) -> None:
        self.machines = machines
        self.deadline = deadline
        self.started = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        commit = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
        self.commit = subprocess.run(commit, capture_output=True, text=True, check=True).stdout.strip()
        self.results: list[Result] = []

    def measure(self, chosen: list[Tool], rounds: int) -> list[Result]:
        """Every tool in every round, each round beginning with another one."""
        self.set_up()
        self.prove([tool for tool in chosen if tool.read and not tool.far])
        for number in range(1, rounds + 1):
            turn = (number - 1) % len(chosen)
            for tool in chosen[turn:] + chosen[:turn]:
                if time.monotonic() > self.deadline:
                    say("the time that a bench may take is over: what was measured until now follows")
                    return self.results
                self.keep(tool, number)
        return self.results

    def set_up(self) -> None:
        """Bring the state about with the engine, and record what its no-op pass asks: the floor asks the same."""
        ours = TOOLS["ours"]
        say(f"{state.TASKS} tasks")
        self.expect(ours, self.machines, changed=None)
        self.count_tasks()
        self.expect(ours, self.machines, changed=0)
        probe.start_recording(self.machines[0])
        self.expect(ours, self.machines[:1], changed=0)
        tools.keep_batch(probe.stop_recording(self.machines[0]))

    def count_tasks(self) -> None:
        """The engine's tasks are as many as the other tools say that theirs are."""
        done = run_tool(tools.catalogue, self.machines)
        if done.status:
            raise MachineError(f"our engine does not list its tasks: {done.tail()}")
        listed = json.loads(tools.CATALOGUE.read_text())["hosts"]
        if any(len(listed[machine.name]) != state.TASKS for machine in self.machines):
            raise MachineError(f"our engine does not have {state.TASKS} tasks on every machine")

    def prove(self, chosen: list[Tool]) -> None:
        """Break one thing of each kind by hand: every tool must mend just these, to the last byte."""
        first = self.machines[0]
        wanted = probe.snapshot(first, times=False)
        for tool in chosen:
            say(f"{tool.title}: mends {len(state.DRIFT)} broken things")
            first.run("\n".join(state.DRIFT))
            self.expect(tool, [first], changed=len(state.DRIFT))
            if probe.snapshot(first, times=False) != wanted:
                raise MachineError(f"{tool.title} leaves another state than the other tools")

    def expect(self, tool: Tool, machines: list[Machine], changed: int | None) -> None:
        """Run a tool that is not measured; it must do all the tasks, and change so many things."""
        done = run_tool(tool, machines)
        counts = tool.read(done.output) if tool.read else None
        if counts is None or done.status or counts.tasks not in (None, state.TASKS * len(machines)):
            raise MachineError(f"{tool.title} does not do its {state.TASKS} tasks: {done.tail()}")
        if changed is not None and counts.changed != changed:
            raise MachineError(f"{tool.title} changes {counts.changed} things instead of {changed}: {done.tail()}")

    def keep(self, tool: Tool, number: int) -> None:
        """One measured run."""
        machines = self.machines[:1] if tool.far else self.machines
        with ThreadPoolExecutor(len(machines)) as pool:
            before = list(pool.map(probe.snapshot, machines))
            list(pool.map(probe.settle, machines))
            list(pool.map(probe.sessions, machines))  # from here on they count
            load = os.getloadavg()[0]
            if tool.far:
                with far_line(machines[0]):
                    done = run_tool(tool, machines)
            else:
                done = run_tool(tool, machines)
            sessions = [len(found) for found in pool.map(probe.sessions, machines)]
            after = list(pool.map(probe.snapshot, machines))
        counts = tool.read(done.output) if tool.read else None
        error = fault(tool, done, counts, len(machines), touched=after != before)
        result = Result(
            bench=self.started,
            tool=tool.name,
            round=number,
            hosts=len(machines),
            wall=round(done.wall, 3),
            cpu=round(done.cpu, 3),
            sessions=sessions,
            tasks=counts.tasks if counts else None,
            changed=counts.changed if counts else None,
            load=load,
            commit=self.commit,
            error=error,
        )
        results.keep(result)
        self.results.append(result)
        say(f"round {number}: {tool.title}: {done.wall:.2f} s{': ' + error if error else ''}")


def fault(tool: Tool, done: "Done", counts: Counts | None, hosts: int, *, touched: bool) -> str:
    """Why a run does not count; empty where it does."""
    if done.status:
        return f"exit status {done.status}: {done.tail()}"
    if touched:
        return "the machines are not as they were before"
    if tool.read is None:
        return ""
    if counts is None:
        return f"it does not say what it did: {done.tail()}"
    if counts.tasks not in (None, state.TASKS * hosts) or counts.changed:
        return f"{counts.tasks} tasks, {counts.changed} changed"
    return ""


class Done:
    """A run that ended: exit status, seconds of the clock and of the processor, and what was said."""

    def __init__(self, status: int, wall: float, cpu: float, output: str) -> None:
        self.status, self.wall, self.cpu, self.output = status, wall, cpu, output

    def tail(self) -> str:
        """Its last words."""
        return " | ".join(line.strip() for line in self.output.splitlines()[-8:] if line.strip())


def run_tool(tool: Tool, machines: list[Machine]) -> Done:
    """Run a tool from its beginning to its end; it is killed where it takes more than its limit."""
    output = RUN / "output"
    with output.open("w") as file:
        began = time.monotonic()
        process = subprocess.Popen(
            [*IN_NAMESPACE, *tool.command(machines)],
            env=tools.environment(tool, machines),
            cwd=tools.TREE,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        killer = signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
        signal.alarm(tool.limit)
        try:
            _, wait_status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, killer)
        wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(wait_status)
    lab.close_connections()
    return Done(process.returncode, wall, usage.ru_utime + usage.ru_stime, output.read_text(errors="replace"))


@contextmanager
def far_line(machine: Machine) -> Iterator[None]:
    """The machine, behind a line with a delay."""
    ends = (f"{machine.far_address}:22", f"{machine.address}:22")
    line = subprocess.Popen(
        [*IN_NAMESPACE, sys.executable, str(HERE / "delay.py"), str(tools.ONE_WAY), *ends], stdout=subprocess.PIPE
    )
    try:
        assert line.stdout
        if not line.stdout.readline():
            raise MachineError("the line with a delay does not start")
        yield
    finally:
        line.kill()
        line.wait()
        if line.stdout:
            line.stdout.close()


def say(text: str) -> None:
    print(f"── {text}", flush=True)
