"""Checks of machines are asked again, once and aloud, where few of them failed (decision 0028)."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

AT_MOST = 3  # more is not chance
TESTS_FAILED = 1  # pytest's exit status; any other is no answer of a test


def checked(command: Sequence[str], memory: Path) -> tuple[int, list[str]]:
    """Run pytest; where at most `AT_MOST` of its tests failed, run these once more, with fixtures of their own.

    `memory` is a folder in which pytest notes what failed; it is emptied first. Returns the exit status, and the tests
    that passed only when they were asked again.
    """
    shutil.rmtree(memory, ignore_errors=True)
    remembered = (*command, "-o", f"cache_dir={memory}")
    status = subprocess.run(remembered, check=False).returncode
    if status != TESTS_FAILED:
        return status, []
    failed = sorted(json.loads((memory / "v/cache/lastfailed").read_text()))
    if len(failed) > AT_MOST:
        return status, []
    print(f"asked again, once: {', '.join(failed)}", flush=True)
    # The first report stays as it is: what is compared with it counts each failure.
    only = ("--last-failed", "--last-failed-no-failures=none", f"--junitxml={memory}/again.xml")
    status = subprocess.run((*remembered, *only), check=False).returncode
    return status, [] if status else failed
