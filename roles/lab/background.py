"""Long-running processes of the lab: each in a cgroup (or unit) of its own, so that `make destroy` finds them all."""

from pathlib import Path
from shlex import quote

from roles.lab import paths

HIERARCHIES = ("unified", "systemd", "memory", "pids", "cpu", "cpuacct")


def has_systemd() -> bool:
    """Whether this machine's PID 1 is systemd."""
    return Path("/run/systemd/system").is_dir()


def cgroup_hierarchies() -> list[Path]:
    """The one hierarchy of cgroup v2, or each of a hybrid kernel that a machine of the lab needs."""
    root = Path("/sys/fs/cgroup")
    return [root / name for name in HIERARCHIES if (root / name).is_dir()] or [root]


def background(name: str, command: str, log: Path) -> str:
    """The shell command that starts another one, detached, as lab-NAME."""
    if has_systemd():
        return (
            f"systemd-run --quiet --collect --unit=lab-{name} --property=Delegate=yes --property=KillMode=mixed"
            f" --property=StandardOutput=append:{log} --property=StandardError=append:{log} {command};"
        )
    # Without systemd all machines would share one cgroup, and stop each other's services.
    cgroups = " ".join(str(hierarchy / paths.CGROUP / name) for hierarchy in cgroup_hierarchies())
    join = f'for c in {cgroups}; do mkdir -p "$c" && echo $$ > "$c/cgroup.procs" || exit 1; done; exec {command}'
    return f"setsid sh -c {quote(join)} </dev/null >>{log} 2>&1 &"
