"""How much memory the whole lab takes."""

from pathlib import Path

from roles.lab import paths
from roles.lab.background import cgroup_hierarchies

GIB = 1024**3


def memory() -> int | None:
    """Bytes used by all machines of the lab with their page cache; None where the kernel does not account for it."""
    ours = [hierarchy / paths.CGROUP for hierarchy in cgroup_hierarchies()]
    units = sorted(Path("/sys/fs/cgroup/system.slice").glob("lab-*.service"))
    counters = [folder / name for folder in (*ours, *units) for name in ("memory.usage_in_bytes", "memory.current")]
    figures = [int(counter.read_text()) for counter in counters if counter.exists()]
    return sum(figures) if figures else None


def sentence() -> str:
    """The figure for people."""
    used = memory()
    figure = "not accounted for by this kernel" if used is None else f"{used / GIB:.2f} GiB"
    return f"memory of the lab: {figure}"
