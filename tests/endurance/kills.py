"""Ways in which a deploy ends in the middle, and when."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.endurance import lab


@dataclass
class Deploy:
    """A deploy under way, and what it has told so far."""

    process: subprocess.Popen[str]
    events: list[dict[str, Any]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    errors: str = ""

    @classmethod
    def start(cls, place: Path, *options: str) -> "Deploy":
        process = subprocess.Popen(
            lab.command("deploys.engine", "deploy", "--yes", "--json", "--reason", "endurance: kills", *options),
            cwd=place,
            env=lab.surroundings(place),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        found = cls(process)
        threading.Thread(target=found._listen, daemon=True).start()
        threading.Thread(target=found._complaints, daemon=True).start()
        return found

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self.changed:
                if line.startswith("{"):  # the last may be cut
                    with suppress(ValueError):
                        self.events.append(json.loads(line))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def _complaints(self) -> None:
        assert self.process.stderr is not None
        self.errors = self.process.stderr.read()

    def wait_for(self, wanted: Callable[[list[dict[str, Any]]], bool], seconds: float) -> None:
        """Until the events are as wanted, the process has ended, or it takes too long."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while not wanted(self.events) and self.process.poll() is None and time.monotonic() < deadline:
                self.changed.wait(0.05)

    def where(self) -> str:
        """What it is doing, in a word or two."""
        running: dict[str, str] = {}
        told = [event["event"] for event in self.events]
        for event in self.events:
            if event["event"] == "begins":
                running[event["host"]] = event["step"]
            elif event["event"] in ("done", "nothing to do"):
                running.pop(event["host"], None)
        if self.process.poll() is not None:
            return "ended"
        if "planned" not in told:
            return "connects and plans"
        if running:
            return "in " + ", ".join(f"{host}: {step}" for host, step in sorted(running.items()))
        last = next((event for event in reversed(self.events) if event["event"] == "done"), None)
        return f"after {last['host']}: {last['step']}" if last else "about to begin"


def kill(deploy: Deploy, _random: Random, _hosts: list[str]) -> None:
    """The machine kills it, and nothing else: what it started goes on by itself."""
    deploy.process.kill()


def kill_all(deploy: Deploy, _random: Random, _hosts: list[str]) -> None:
    """Its whole session is killed, with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(deploy.process.pid, signal.SIGKILL)


def terminate(deploy: Deploy, _random: Random, _hosts: list[str]) -> None:
    """It is asked to stop."""
    deploy.process.terminate()


def cut(_deploy: Deploy, random: Random, hosts: list[str]) -> None:
    """The connection to one machine is lost."""
    for pid in sessions(random.choice(hosts)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def freeze(deploy: Deploy, random: Random, hosts: list[str]) -> None:
    """A machine stands still for a second; meanwhile the deploy is killed."""
    stopped = sessions(random.choice(hosts))
    for pid in stopped:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(random.uniform(0.2, 0.8))
    deploy.process.kill()
    time.sleep(0.2)
    for pid in stopped:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def sessions(machine: str) -> list[int]:
    """The processes of a machine that carry ssh connections: not the one that listens."""
    found = []
    for pid in lab.processes(machine.removesuffix("-chassis")):
        with suppress(OSError):
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
            if name.startswith("sshd") and b"listener" not in arguments:
                found.append(pid)
    return found


WAYS: list[tuple[int, Callable[[Deploy, Random, list[str]], None]]] = [
    (40, kill),
    (25, kill_all),
    (15, terminate),
    (12, cut),
    (8, freeze),
]
