"""A switch of the lab that tests lock out: pushes in this process, faults, its console, and how it is put back."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from netmiko import BaseConnection
from nornir.core.task import MultiResult

from inventory.model import Administration
from roles import lan
from roles.network.change import Target
from roles.network.platforms import PLATFORMS
from roles.network.run import devices, results
from tests.rehearsals.conftest import ROOT, run

STARTUP, FAULTS = "/var/lib/switch/startup-config", "/run/switch/faults.json"
HEALED = 90  # seconds: the timer of the lab is a minute
BOOT = ("deploys.engine", "deploy", "--deploy", "lab", "--inventory", "@local", "--yes")  # what has no power gets it


class LabSwitch:
    """One switch, through the network as everybody reaches it, and past it where a test must see what is lost."""

    def __init__(self, administration: Administration, name: str) -> None:
        self.administration, self.name = administration, name
        self.platform = PLATFORMS[administration.switches[name].entry.platform]
        self.saved = self.chassis(f"cat {STARTUP}")
        self.before = self.runs()

    @property
    def target(self) -> Target:
        return lan.targets(self.administration)[self.name]

    def runs(self) -> str:
        return self.console(self.platform.running)

    def waits(self) -> bool:
        """Whether it goes back by itself unless somebody confirms."""
        return self.platform.guard.waiting(cast(BaseConnection, None), self.console)  # it only asks

    def console(self, command: str) -> str:
        return self._ssh(f"{self.name}-console", command)

    def chassis(self, command: str, stdin: str = "") -> str:
        return self._ssh(f"{self.name}-chassis", command, stdin)

    def _ssh(self, alias: str, command: str, stdin: str = "") -> str:
        # No connection is kept: a test may cut what it would go through.
        line = ["ssh", "-F", str(self.administration.environment.ssh_config), "-o", "ControlPath=none", alias, command]
        done = subprocess.run(line, input=stdin, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, f"{alias}: {command}: {done.stdout}{done.stderr}"
        return done.stdout

    def suffers(self, **faults: object) -> None:
        """From now on the switch has these faults (roles/played/switch/files/switch/faults.py); none without any."""
        self.chassis(f"cat >{FAULTS}", json.dumps(faults))
        time.sleep(1)  # it looks twice a second

    def push(self, intended: Callable[[str], str]) -> MultiResult:
        """Change the switch to what its intention becomes; what came of it."""
        target = self.target
        target = replace(target, intended=intended(target.intended))
        reach = devices(self.administration, {self.name: target})
        return results({self.name: target}, reach, False, {self.name: None})[self.name]

    def plan(self, intended: Callable[[str], str]) -> MultiResult:
        """What would be sent, or why nothing."""
        target = self.target
        target = replace(target, intended=intended(target.intended))
        return results({self.name: target}, devices(self.administration, {self.name: target}), True)[self.name]

    @contextmanager
    def pushing(self, intended: Callable[[str], str], until: str) -> Iterator[list[MultiResult]]:
        """A push in its middle: the line with `until` is done and not answered. Afterwards what came of it is there."""
        found: list[MultiResult] = []
        self.suffers(held_at=until)
        thread = threading.Thread(target=lambda: found.append(self.push(intended)))
        thread.start()
        try:
            wait(lambda: until in self.runs(), 60, f"`{until}` never ran")
            assert self.waits()
            yield found
        finally:
            thread.join(180)
            assert not thread.is_alive(), "the push does not end"

    def is_as_intended(self) -> bool:
        return f"{self.name}: 0 changed" in lan_says(self.name)

    def is_as_before(self) -> bool:
        return self.runs() == self.before and not self.waits()

    def heals(self) -> None:
        """By itself, within the minute of its timer."""
        wait(self.is_as_before, HEALED, f"{self.name} did not go back by itself")
        assert self.chassis(f"cat {STARTUP}") == self.saved

    def restore(self) -> None:
        """As it was: by itself if it heals, else by force; then it answers, and nothing is left to change."""
        self.chassis(f"rm -f {FAULTS}")
        try:
            wait(self.is_as_before, HEALED, "")
        except AssertionError:
            self.chassis(f"cat >{STARTUP} && systemctl restart switch-cli.service", self.saved)
        wait(self.is_as_intended, 60, f"{self.name} is not as it was")


def lan_says(name: str, place: Path = ROOT) -> str:
    """What `make lan` prints."""
    done = run(place, "deploys.lan", "--limit", name)
    return done.stdout + done.stderr


def wait(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.5)


@contextmanager
def bastion_cut_off(name: str = "bastion1") -> Iterator[None]:
    """Nobody gets from the bastion to anywhere: its cable has no other end."""
    link = ["ip", "-n", "lab-fabric", "link", "set", f"{name}-eth0"]
    subprocess.run([*link, "down"], check=True)
    try:
        yield
    finally:
        subprocess.run([*link, "up"], check=True)


def lose_sessions() -> int:
    """End what carries the sessions that this process has through the bastion; returns how many there were."""
    ours = [pid for pid in _children(os.getpid()) if _name(pid) == "socat"]
    for pid in ours:
        os.kill(pid, signal.SIGKILL)
    return len(ours)


def cut_power(machine: str) -> None:
    """A machine of the lab is off, as when its plug is pulled."""
    listed = subprocess.run(["ip", "netns", "pids", f"lab-{machine}"], capture_output=True, text=True, check=True)
    first = next(pid for pid in map(int, listed.stdout.split()) if _inside(pid) == 1)
    os.kill(first, signal.SIGKILL)
    wait(lambda: not Path(f"/proc/{first}").exists(), 10, f"{machine} is still on")


def _children(parent: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return found


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _inside(pid: int) -> int:
    """The number of a process in its own machine; 0 once it has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    numbers = next(line for line in text.splitlines() if line.startswith("NSpid:")).split()[1:]
    return int(numbers[-1]) if len(numbers) > 1 else 0
