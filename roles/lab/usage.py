"""How much memory the whole lab takes."""

from pathlib import Path

from roles.lab import paths
from roles.lab.background import cgroup_hierarchies

GIB = 1024**3


def memory() -> int | None:
    """Bytes used by all machines of the lab with their page cache; None where the kernel does not account for it."""
    for hierarchy in cgroup_hierarchies():
        for name in ("memory.usage_in_bytes", "memory.current"):
            file: Path = hierarchy / paths.CGROUP / name
            if file.exists():
                return int(file.read_text())
    return None


def sentence() -> str:
    """The figure for people."""
    used = memory()
    figure = "not accounted for by this kernel" if used is None else f"{used / GIB:.2f} GiB"
    return f"memory of the lab: {figure}"
