"""The lab's memory is told apart: what processes hold, and what is only cache."""

from pathlib import Path

import pytest

from roles.lab.usage import GIB, memory

V1 = ("memory.usage_in_bytes", "cache 1\nrss 2\nshmem 3\ntotal_cache {file}\ntotal_rss {anon}\ntotal_shmem {shmem}\n")
V2 = ("memory.current", "anon {anon}\nfile {file}\nkernel 5\nshmem {shmem}\n")


@pytest.mark.parametrize(("counter", "stat"), [V1, V2], ids=["cgroup v1", "cgroup v2"])
def test_what_is_held_and_what_is_only_cache(tmp_path: Path, counter: str, stat: str) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / counter).write_text(f"{8 * GIB}\n")
    (tmp_path / "lab/memory.stat").write_text(stat.format(anon=GIB, file=6 * GIB, shmem=GIB // 2))
    assert str(memory([tmp_path / "nowhere", tmp_path / "lab"])) == (
        "8.00 GiB, of which 1.50 held by processes, 5.50 page cache (given back on need), 1.00 the kernel's own"
    )


def test_a_kernel_that_does_not_count_says_nothing(tmp_path: Path) -> None:
    assert memory([tmp_path]) is None
