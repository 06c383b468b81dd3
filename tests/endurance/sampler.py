"""Watches the command line and the environment of every process of this machine, those of the lab's machines too.

Stdin: patterns, one a line, until an empty one. From then on a line of JSON for each that is seen, never its value;
it ends when stdin does, with the number of programs that it has seen, and the mean time between two looks.
"""

import json
import os
import select
import sys
import time
from pathlib import Path

PAUSE = 0.015
YOUNG = 2.0  # seconds in which a process is looked at each time: it may become another program
OLD = 1.0  # seconds between two looks at an older one


def main() -> None:
    patterns = [line for line in iter(sys.stdin.buffer.readline, b"\n") if line]
    patterns = [pattern.rstrip(b"\n") for pattern in patterns]
    own = os.getpid()
    born: dict[int, float] = {}
    looked: dict[int, float] = {}
    checked: dict[int, int] = {}
    seen: set[tuple[int, str]] = set()
    programs = looks = 0
    began = time.monotonic()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        now = time.monotonic()
        looks += 1
        present = {int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()} - {own}
        for pid in born.keys() - present:
            del born[pid]
            looked.pop(pid, None)
            checked.pop(pid, None)
        for pid in present:
            age = now - born.setdefault(pid, now)
            if age > YOUNG and now - looked.get(pid, 0.0) < OLD:
                continue
            looked[pid] = now
            for what in ("cmdline", "environ"):
                try:
                    content = Path(f"/proc/{pid}/{what}").read_bytes()
                except OSError:
                    continue
                if what == "cmdline":
                    if checked.get(pid) == hash(content):
                        break  # the same program as before
                    checked[pid] = hash(content)
                    programs += 1
                if (pid, what) not in seen and any(pattern in content for pattern in patterns):
                    seen.add((pid, what))
                    program = content.split(b"\0")[0].decode(errors="replace") if what == "cmdline" else ""
                    print(json.dumps({"what": what, "pid": pid, "program": program[:80]}), flush=True)
    print(json.dumps({"programs": programs, "pause": (time.monotonic() - began) / max(looks, 1)}), flush=True)


if __name__ == "__main__":
    main()
