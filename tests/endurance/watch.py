"""The sampler while something else runs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Watched:
    """What was seen: one line a process that showed a secret, how many programs were looked at, and how often."""

    leaks: list[str] = field(default_factory=list)
    programs: int = 0
    pause: float = 0.0  # seconds between two looks, on average


@contextmanager
def watching(patterns: bytes) -> Iterator[Watched]:
    """Every process of this machine is looked at until the end of the block."""
    found = Watched()
    sampler = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("sampler.py"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert sampler.stdin
    assert sampler.stdout
    sampler.stdin.write(patterns + b"\n\n")
    sampler.stdin.flush()
    assert sampler.stdout.readline() == b"ready\n"
    try:
        yield found
    finally:
        said, _ = sampler.communicate()
        for line in map(json.loads, said.splitlines()):
            if "programs" in line:
                found.programs, found.pause = line["programs"], line["pause"]
            else:
                found.leaks.append(f"{line['what']} of {line['program'] or 'process'} ({line['pid']})")
