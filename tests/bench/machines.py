"""The bench's machines: system containers on overlays of the lab's image, in one namespace with nothing but a loopback.

Real systemd, real sshd, no route to anywhere. Everything is found by its name in the kernel, so that what a dead bench
left is cleared by the next one.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from roles.lab.background import cgroup_hierarchies, has_systemd
from roles.lab.image import base_image
from tests.bench import state
from tests.bench.paths import CGROUP, CONTROL, NAMESPACE, RUN

EXPORTS = Path("/run/systemd/nspawn/unix-export")
INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
INSTANCES = 1024  # ~6 instances a machine, shared by all of this machine's: too few, and units fail
BOOT = 120  # seconds
# What runs in the namespace ends with the bench, even where that is killed.
IN_NAMESPACE = ("setpriv", "--pdeathsig", "TERM", "ip", "netns", "exec", NAMESPACE)
KEY = RUN / "keys" / "id_ed25519"
KNOWN_HOSTS = RUN / "known_hosts"


@dataclass(frozen=True)
class Machine:
    """One host of the bench."""

    number: int

    @property
    def name(self) -> str:
        return f"bench-{self.number}"

    @property
    def address(self) -> str:
        return f"127.77.0.{self.number}"

    @property
    def far_address(self) -> str:
        """The same machine, behind a line with a delay."""
        return f"127.77.1.{self.number}"

    @property
    def folder(self) -> Path:
        return RUN / "machines" / self.name

    def run(self, script: str) -> str:
        """What a shell script prints inside the machine; no ssh, so that it is not counted as one."""
        namespaces = ("--mount", "--uts", "--ipc", "--pid", "--net", "--root", "--wd")
        result = subprocess.run(
            ["nsenter", "--target", str(self._init()), *namespaces, "/bin/sh", "-ec", script],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise MachineError(f"{self.name}: {result.stderr.strip() or script}")
        return result.stdout

    def _init(self) -> int:
        nspawn = _output("pgrep", "-f", f"^(/usr/bin/)?systemd-nspawn .*--machine={self.name} ").split()
        return int(_output("pgrep", "-P", nspawn[0]).split()[0])


class MachineError(Exception):
    """A machine of the bench does not do what it must."""


def start(count: int) -> list[Machine]:
    """Boot so many machines, and wait until each one's sshd listens."""
    machines = [Machine(number) for number in range(1, count + 1)]
    _run("ip", "netns", "add", NAMESPACE)
    _run("ip", "-n", NAMESPACE, "link", "set", "lo", "up")
    (RUN / "home").mkdir(parents=True)
    (CONTROL / "control").mkdir(parents=True)
    if int(INOTIFY.read_text()) < INSTANCES:
        (CONTROL / "inotify").write_text(INOTIFY.read_text())
        INOTIFY.write_text(str(INSTANCES))
    _new_key(KEY)
    for machine in machines:
        _seed(machine)
        _boot(machine)
    _write_ssh_files(machines)
    try:
        _wait(lambda: _listening() >= {machine.address for machine in machines}, BOOT, "a machine does not boot")
    except MachineError:
        silent = next(machine for machine in machines if machine.address not in _listening())
        console = (silent.folder / "console.log").read_text(errors="replace").splitlines()
        raise MachineError(f"{silent.name} does not answer in {BOOT} s: {' | '.join(console[-5:])}") from None
    return machines


def stop() -> None:
    """Cut the power of every machine and leave this one as it was before the bench."""
    close_connections()
    if has_systemd():
        _run("systemctl", "stop", "bench-*.service")
    tops = [hierarchy / CGROUP for hierarchy in cgroup_hierarchies()]
    for top in tops:
        if (top / "cgroup.kill").exists():
            (top / "cgroup.kill").write_text("1")
    _wait(lambda: not any(_processes(top) for top in tops), 30, "processes of the bench do not end: see `ps`")
    for top in tops:
        for folder in sorted((path for path in top.rglob("*") if path.is_dir()), key=str, reverse=True):
            folder.rmdir()
        if top.exists():
            top.rmdir()
    for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        source, target, *_ = line.split()
        if source.startswith("bench-") or target.startswith(f"{EXPORTS}/bench-"):
            _run("umount", target)
    for folder in EXPORTS.glob("bench-*"):
        folder.rmdir()
    if Path("/run/netns", NAMESPACE).exists():
        _run("ip", "netns", "delete", NAMESPACE)
    if (CONTROL / "inotify").exists():
        INOTIFY.write_text((CONTROL / "inotify").read_text())
    for folder in (RUN, CONTROL):
        if folder.exists():
            shutil.rmtree(folder)


def close_connections() -> None:
    """End the ssh connections that a tool keeps open."""
    for socket in CONTROL.glob("control/*"):
        subprocess.run(["ssh", "-o", f"ControlPath={socket}", "-O", "exit", "bench"], capture_output=True, check=False)


def ssh_config(far: bool = False) -> Path:
    """The ssh_config that every tool is given; `far`: through the line with a delay."""
    return RUN / ("ssh_config.far" if far else "ssh_config")


def _seed(machine: Machine) -> None:
    """What an installer would have left on the machine."""
    upper = machine.folder / "upper"
    texts = {
        "etc/hostname": f"{machine.name}\n",
        "etc/hosts": f"127.0.0.1 localhost\n{machine.address} {machine.name}\n",
        "root/.ssh/authorized_keys": KEY.with_suffix(".pub").read_text(),
        # VERBOSE: sshd writes a line for each session that it starts, which is what the bench counts.
        "etc/ssh/sshd_config.d/bench.conf": f"ListenAddress {machine.address}\nLogLevel VERBOSE\n",
        # The user's systemd ends with its last session: each tool meets the same machine, whoever came before.
        "etc/systemd/logind.conf.d/bench.conf": "[Login]\nUserStopDelaySec=0\n",
        **{f"etc/systemd/system/{unit}": state.UNIT for unit in state.SERVICES},
    }
    for name, text in texts.items():
        (upper / name).parent.mkdir(parents=True, exist_ok=True)
        (upper / name).write_text(text)
    for name in ("root", "root/.ssh"):
        (upper / name).chmod(0o700)
    _new_key(upper / "etc/ssh/ssh_host_ed25519_key")


def _boot(machine: Machine) -> None:
    folder = machine.folder
    for name in ("work", "root"):
        (folder / name).mkdir()
    layers = f"lowerdir={base_image()},upperdir={folder / 'upper'},workdir={folder / 'work'}"
    _run("mount", "-t", "overlay", machine.name, "-o", layers, str(folder / "root"))
    nspawn = (
        f"systemd-nspawn --quiet --directory={folder / 'root'} --machine={machine.name} --boot"
        f" --network-namespace-path=/run/netns/{NAMESPACE} --register=no --keep-unit"
        " --resolv-conf=off --timezone=off --link-journal=no --console=pipe"
    )
    if has_systemd():
        properties = ("Delegate=yes", "KillMode=mixed", f"StandardOutput=append:{folder / 'console.log'}")
        options = (f"--property={each}" for each in properties)
        _run("systemd-run", "--quiet", "--collect", f"--unit={machine.name}", *options, *nspawn.split())
        return
    # Without systemd here, a cgroup for each machine: else all share one, and stop each other's services.
    cgroups = " ".join(quote(str(hierarchy / CGROUP / machine.name)) for hierarchy in cgroup_hierarchies())
    join = f'for c in {cgroups}; do mkdir -p "$c" && echo $$ > "$c/cgroup.procs" || exit 1; done; exec {nspawn}'
    with (folder / "console.log").open("w") as console:
        subprocess.Popen(
            ["sh", "-c", join],
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
        )


def _write_ssh_files(machines: list[Machine]) -> None:
    keys = {m: (m.folder / "upper/etc/ssh/ssh_host_ed25519_key.pub").read_text().rsplit(" ", 1)[0] for m in machines}
    KNOWN_HOSTS.write_text("".join(f"{m.name},{m.address},{m.far_address} {key}\n" for m, key in keys.items()))
    for far in (False, True):
        blocks = [f"Host {m.name}\n    HostName {m.far_address if far else m.address}\n" for m in machines]
        common = (
            f"Host *\n    User root\n    IdentityFile {KEY}\n    IdentitiesOnly yes\n"
            f"    UserKnownHostsFile {KNOWN_HOSTS}\n    StrictHostKeyChecking yes\n    LogLevel ERROR\n"
        )
        ssh_config(far).write_text("".join(blocks) + common)


def _new_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", str(path))


def _listening() -> set[str]:
    """The addresses on which an sshd listens."""
    lines = _output(*IN_NAMESPACE, "ss", "-Hltn", "sport = :22").splitlines()
    return {line.split()[3].rsplit(":", 1)[0] for line in lines}


def _processes(cgroup: Path) -> list[str]:
    files = [cgroup / "cgroup.procs", *cgroup.rglob("cgroup.procs")] if cgroup.exists() else []
    return [pid for file in files for pid in file.read_text().split()]


def _wait(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise MachineError(otherwise)
        time.sleep(0.05)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    stop()
