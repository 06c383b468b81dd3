"""The lab as these tests drive it: the engine in the repository or in a copy of it, and the machines underneath."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inventory.model import Administration

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".cache/lab"
SSH = ("ssh", "-F", str(STATE / "ssh_config"))
LEFT_OUT = shutil.ignore_patterns(".git", ".cache", "__pycache__", ".*_cache")


def hosts(administration: Administration) -> dict[str, str]:
    """Every machine that a deploy changes, by its name in a plan; the name of its namespace, without lab-."""
    switches = {f"{name}-chassis": name for name in administration.switches}
    return {name: name for name in (*administration.machines, *administration.platform.resina.cores)} | switches


@dataclass(frozen=True)
class Ran:
    """A run of the engine that has ended."""

    status: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    def did(self) -> list[tuple[str, str]]:
        """The steps that changed something, in their order."""
        return [(event["host"], event["step"]) for event in self.events if event["event"] == "done"]


def command(*module: str) -> list[str]:
    return [sys.executable, "-m", *module]


def surroundings(place: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}


def run(place: Path, *module: str, timeout: float = 300) -> Ran:
    """A module of the repository, or of a copy, as make runs it."""
    ran = subprocess.run(
        command(*module),
        cwd=place,
        env=surroundings(place),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def engine(place: Path, *arguments: str, timeout: float = 300) -> Ran:
    return run(place, "deploys.engine", *arguments, timeout=timeout)


def well(ran: Ran, status: int = 0) -> Ran:
    """The run, where it ended as it must."""
    assert ran.status == status, f"exit status {ran.status}, not {status}\n{ran.out[-4000:]}\n{ran.err[-4000:]}"
    return ran


def copy(place: Path) -> Path:
    """A copy of the repository that may be edited; it drives the same lab."""
    shutil.copytree(ROOT, place, ignore=LEFT_OUT)
    (place / ".cache").symlink_to(ROOT / ".cache")
    return place


def ssh(name: str, script: str, stdin: str = "") -> str:
    """What a script prints on a machine, where it succeeds there."""
    return shell(name, script, stdin, check=True).stdout


def shell(name: str, script: str, stdin: str = "", *, check: bool = False) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run([*SSH, name, script], input=stdin, capture_output=True, text=True, timeout=120, check=False)
    assert not check or ran.returncode == 0, f"{name}: {script[:200]}: {ran.stderr.strip() or ran.stdout.strip()}"
    return ran


def inside(namespace: str, *words: str) -> str:
    """A command of this machine in the network of a machine of the lab."""
    listed = ["ip", "netns", "exec", f"lab-{namespace}", *words]
    return subprocess.run(listed, capture_output=True, text=True, check=True).stdout


def processes(namespace: str) -> list[int]:
    """The processes of a machine of the lab, as this machine numbers them."""
    listed = subprocess.run(["ip", "netns", "pids", f"lab-{namespace}"], capture_output=True, text=True, check=True)
    return [int(pid) for pid in listed.stdout.split()]


def first_process(namespace: str) -> int:
    """PID 1 of a machine."""
    (pid,) = (pid for pid in processes(namespace) if _number_inside(pid) == 1)
    return pid


def _number_inside(pid: int) -> int:
    """Its number in its own machine; 0 for one of this machine, or that has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    numbers = next((line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")), ["0"])
    return int(numbers[-1]) if len(numbers) > 1 else 0


def edit(path: Path, *replacements: tuple[str, str]) -> None:
    """Replace text in a file, each exactly once: an edit that finds nothing to edit is a mistake of the test."""
    text = path.read_text(encoding="utf-8")
    for old, new in replacements:
        assert text.count(old) == 1, f"{path}: {old!r} stands there {text.count(old)} times"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + text, encoding="utf-8")


def names(items: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"  {host}: {what}" for host, what in items)
