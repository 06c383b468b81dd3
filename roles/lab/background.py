"""Long-running processes of the lab: each in a cgroup (or unit) of its own, so that `make destroy` finds them all.

Where the processor is short, the lab has it before what works on it, and its network devices before its servers: a
router's BFD gives a link up after 150 ms, and no real router waits for somebody's browser.
"""

from pathlib import Path
from shlex import quote

from roles.lab import paths

LAB, DEVICE = 16, 16  # times what one process, or one machine, gets of the processor
HIERARCHIES = ("unified", "systemd", "memory", "pids", "cpu", "cpuacct")


def has_systemd() -> bool:
    """Whether this machine's PID 1 is systemd."""
    return Path("/run/systemd/system").is_dir()


def cgroup_hierarchies() -> list[Path]:
    """The one hierarchy of cgroup v2, or each of a hybrid kernel that a machine of the lab needs."""
    root = Path("/sys/fs/cgroup")
    return [root / name for name in HIERARCHIES if (root / name).is_dir()] or [root]


def background(name: str, command: str, log: Path, weight: int = 1) -> str:
    """The shell command that starts another one, detached, as lab-NAME.

    `weight`: how many times another machine's part of the processor it gets, where that is short.
    """
    if has_systemd():
        return (
            f"systemd-run --quiet --collect --unit=lab-{name} --property=Delegate=yes --property=KillMode=mixed"
            f" --property=CPUWeight={min(100 * LAB * weight, 10000)}"
            f" --property=StandardOutput=append:{log} --property=StandardError=append:{log} {command};"
        )
    # Without systemd all machines would share one cgroup, and stop each other's services.
    cgroups = " ".join(str(hierarchy / paths.CGROUP / name) for hierarchy in cgroup_hierarchies())
    join = f'for c in {cgroups}; do mkdir -p "$c" && echo $$ > "$c/cgroup.procs" || exit 1; done;'
    join += f" {_processor(name, weight)} exec {command}"
    return f"setsid sh -c {quote(join)} </dev/null >>{log} 2>&1 &"


def _processor(name: str, weight: int) -> str:
    """The shell commands that give the lab, and NAME in it, their parts of the processor; v2 may hand out none."""
    (cpu, setting, one) = next(
        ((folder, "cpu.shares", 1024) for folder in cgroup_hierarchies() if folder.name == "cpu"),
        (cgroup_hierarchies()[0], "cpu.weight", 100),
    )
    lab = cpu / paths.CGROUP
    parts = {lab / setting: LAB * one, lab / name / setting: weight * one}
    return " ".join(f"[ ! -e {file} ] || echo {value} > {file} || exit 1;" for file, value in parts.items())
