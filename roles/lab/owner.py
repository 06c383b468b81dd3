"""Whose lab this machine holds: there is one at a time, and what a dead one left is cleared away."""

import json
import subprocess
from pathlib import Path

from roles.lab import paths

INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")


class LabBusyError(Exception):
    """The lab of another repository runs on this machine."""


def owner() -> dict[str, str]:
    """The repository whose lab this machine holds, and the setting that it found; empty where there is none."""
    try:
        return dict(json.loads(paths.OWNER.read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def claim() -> None:
    """Make this machine's lab ours. Raises LabBusyError while that of another repository runs."""
    found = owner()
    if found.get("repository") == str(paths.REPOSITORY):
        return
    if found and any_machine_runs():
        raise LabBusyError(f"the lab of {found['repository']} runs on this machine: `make destroy` there first")
    paths.OWNER.write_text(json.dumps({"repository": str(paths.REPOSITORY), "inotify": INOTIFY.read_text().strip()}))


def any_machine_runs() -> bool:
    pattern = "^systemd-nspawn .*=/run/netns/lab-"
    return subprocess.run(["pgrep", "-f", pattern], stdout=subprocess.DEVNULL, check=False).returncode == 0
