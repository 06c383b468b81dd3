"""What goes wrong in the middle is named, stops nobody else, and is completed by the next run.

These disturb the lab's machines, so `make test` runs them alone, after everything else.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.model import Administration

LAB = ("--deploy", "lab", "--inventory", "@local")


def engine(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploys.engine", "deploy", "--yes", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def ssh(administration: Administration, name: str, command: str) -> subprocess.CompletedProcess[str]:
    config = str(administration.environment.ssh_config)
    return subprocess.run(["ssh", "-F", config, name, command], capture_output=True, text=True, timeout=60, check=False)


def processes(machine: str, name: str) -> list[int]:
    """The processes of a lab machine that have a name, as this machine numbers them."""
    listed = subprocess.run(["ip", "netns", "pids", f"lab-{machine}"], capture_output=True, text=True, check=True)
    return [pid for pid in map(int, listed.stdout.split()) if _name(pid) == name]


def _name(pid: int) -> str:
    """What a process is called; nothing once it has ended, as a session's may have since it was listed."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.fixture
def silent_machine(administration: Administration) -> Iterator[str]:
    """A machine whose sshd accepts connections and says nothing."""
    subprocess.run(
        ["ssh", "-F", str(administration.environment.ssh_config), "-O", "exit", "guest1"],
        capture_output=True,
        check=False,
    )
    stopped = processes("guest1", "sshd")
    assert stopped
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    yield "guest1"
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)


def test_an_unreachable_machine_is_named_and_stops_nobody(silent_machine: str) -> None:
    ended = engine("--deploy", "base", "--limit", f"{silent_machine},ws1")
    assert ended.returncode == 1
    rows = {line.split()[0]: line for line in ended.stdout.splitlines() if line.startswith("  ")}
    assert "UNREACHABLE: no answer: is it on, and is the way to it open?" in rows["guest1"]
    assert "FAILED" not in rows["ws1"]
    assert "0 failed, 1 unreachable" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_deploy_that_dies_is_completed_by_the_next(administration: Administration) -> None:
    """The shares and their permissions are taken away; the deploy that restores them is killed again and again."""
    damage = "rm /etc/samba/shares.conf && setfacl -b -R /srv/shares && chmod 700 /srv/shares/*"
    for delay in (0.8, 1.1, 1.4, 1.7):
        assert ssh(administration, "files1", damage).returncode == 0
        dying = subprocess.Popen(
            [sys.executable, "-m", "deploys.engine", "deploy", "--deploy", "files", "--yes"], stdout=subprocess.DEVNULL
        )
        time.sleep(delay)
        dying.kill()
        dying.wait()
        completed = engine("--deploy", "files")
        assert completed.returncode == 0, completed.stdout + completed.stderr
        assert engine("--deploy", "files", "--expect-no-changes").returncode == 0
        assert ssh(administration, "files1", "systemctl is-active smbd winbind").returncode == 0


def test_a_machine_whose_power_was_cut_starts_again(administration: Administration) -> None:
    before = ssh(administration, "guest1", "cat /etc/machine-id").stdout
    (init, *_) = [pid for pid in processes("guest1", "systemd") if _is_first(pid)]
    os.kill(init, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{init}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert engine(*LAB).returncode == 0
    assert ssh(administration, "guest1", "cat /etc/machine-id").stdout == before
    assert engine(*LAB, "--expect-no-changes").returncode == 0


def _is_first(pid: int) -> bool:
    """Whether a process is PID 1 of its machine."""
    numbers = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("NSpid:"))
    return numbers.split()[-1] == "1"
