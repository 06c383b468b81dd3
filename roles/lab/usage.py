"""How much memory the whole lab takes, and how much of that is only cache."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from roles.lab import paths
from roles.lab.background import cgroup_hierarchies

GIB = 1024**3
# In memory.stat: what processes hold, files in memory, and how much of the latter is tmpfs and can go nowhere.
V1 = ("total_rss", "total_cache", "total_shmem")  # of a group with those below it
V2 = ("anon", "file", "shmem")


@dataclass(frozen=True)
class Memory:
    """Bytes. `held` by processes or in tmpfs; `cache`: files, which the kernel drops when somebody needs the room."""

    total: int
    held: int
    cache: int

    def __str__(self) -> str:
        rest = self.total - self.held - self.cache
        return (
            f"{self.total / GIB:.2f} GiB, of which {self.held / GIB:.2f} held by processes, "
            f"{self.cache / GIB:.2f} page cache (given back on need), {rest / GIB:.2f} the kernel's own"
        )


def memory(folders: Sequence[Path]) -> Memory | None:
    """What these control groups use together; None where the kernel does not account for it."""
    found = [_of(folder) for folder in folders]
    known = [each for each in found if each]
    if not known:
        return None
    return Memory(sum(m.total for m in known), sum(m.held for m in known), sum(m.cache for m in known))


def _of(folder: Path) -> Memory | None:
    counter = next((folder / n for n in ("memory.usage_in_bytes", "memory.current") if (folder / n).exists()), None)
    if counter is None:
        return None
    stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    anonymous, files, tmpfs = (int(stat[name]) for name in (V1 if V1[0] in stat else V2))
    return Memory(int(counter.read_text()), anonymous + tmpfs, files - tmpfs)


def sentence() -> str:
    """The figures for people."""
    ours = [hierarchy / paths.CGROUP for hierarchy in cgroup_hierarchies()]
    units = sorted(Path("/sys/fs/cgroup/system.slice").glob("lab-*.service"))
    return f"memory of the lab: {memory([*ours, *units]) or 'not accounted for by this kernel'}"
