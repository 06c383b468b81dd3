"""Remove the lab, or what is left of one: processes, mounts, namespaces, cgroups, rules and files.

`python -m roles.lab.destroy NAME …` removes these machines alone.

Everything is found by its name in the kernel, not by what a lab remembers: it may have died half-way.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from roles.lab import paths
from roles.lab.background import cgroup_hierarchies, has_systemd
from roles.lab.guard import TABLE
from roles.lab.owner import INOTIFY, any_machine_runs, owner

EXPORTS = "/run/systemd/nspawn/unix-export/lab-"  # a mount for each machine, left behind by a power cut


def destroy() -> None:
    """Leave this machine as it was before the lab. The image and the packages stay in .cache."""
    found = owner()
    if found and found["repository"] != str(paths.REPOSITORY) and any_machine_runs():
        sys.exit(f"the lab of {found['repository']} runs on this machine: `make destroy` there")
    close_connections()
    stop_processes()
    unmount()
    for namespace in _namespaces():
        _run("ip", "netns", "delete", namespace)
    if f"table inet {TABLE}" in _output("nft", "list", "tables"):
        _run("nft", "delete", "table", "inet", TABLE)
    if "inotify" in found:
        INOTIFY.write_text(found["inotify"])
    paths.OWNER.unlink(missing_ok=True)
    if paths.LAB.exists():
        shutil.rmtree(paths.LAB)


def remove(name: str) -> None:
    """One machine that the inventory no longer has; the others keep their power. Its cables go with it."""
    close_connections(name)
    stop_processes(name)
    unmount(name)
    if f"lab-{name}" in _namespaces():
        _run("ip", "netns", "delete", f"lab-{name}")
    for folder in (paths.MACHINES / name, paths.LAB / "seeds" / name):
        if folder.exists():
            shutil.rmtree(folder)


def close_connections(name: str = "*") -> None:
    """End the ssh connections that tools keep open."""
    for socket in (paths.LAB / "control").glob(name):
        subprocess.run(
            ["ssh", "-F", str(paths.LAB / "ssh_config"), "-O", "exit", socket.name], capture_output=True, check=False
        )


def stop_processes(name: str = "") -> None:
    """Cut the power of every machine, and end what the lab runs beside them; or of one machine."""
    if has_systemd():
        _run("systemctl", "stop", f"lab-{name or '*'}.service")
    tops = [hierarchy / paths.CGROUP / name for hierarchy in cgroup_hierarchies()]
    for top in tops:
        if (top / "cgroup.kill").exists():
            (top / "cgroup.kill").write_text("1")
    _wait(lambda: not any(_processes(top) for top in tops))
    for top in tops:
        for folder in sorted(top.rglob("*/"), key=lambda path: len(path.parts), reverse=True):
            if folder.is_dir():
                folder.rmdir()
        if top.exists():
            top.rmdir()


def unmount(name: str = "") -> None:
    """Take away the machines' roots and the name of this machine's network namespace; or what one machine has."""
    for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        source, target, *_ = line.split()
        if name and source != f"lab-{name}" and target != f"{EXPORTS}{name}":
            continue
        if name or source.startswith("lab-") or target.endswith("/.cache/lab/host.netns") or target.startswith(EXPORTS):
            _run("umount", target)
    for folder in Path(EXPORTS).parent.glob(f"{Path(EXPORTS).name}{name or '*'}"):
        folder.rmdir()


def _processes(cgroup: Path) -> list[str]:
    files = [cgroup / "cgroup.procs", *cgroup.rglob("cgroup.procs")] if cgroup.exists() else []
    return [pid for file in files for pid in file.read_text().split()]


def _namespaces() -> list[str]:
    names = [line.split()[0] for line in _output("ip", "netns", "list").splitlines() if line]
    return [name for name in names if name.startswith("lab-")]


def _wait(done: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            sys.exit("processes of the lab do not end: see `ps`, then run `make destroy` again")
        time.sleep(0.05)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    if sys.argv[1:]:
        for machine in sys.argv[1:]:
            remove(machine)
    else:
        destroy()
