"""The verdict of the ownership check, as a comment shows it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from deploys.review.git import ROOT, Objects


@dataclass(frozen=True)
class Verdict:
    """What `make ownership` says of a change and its author."""

    allowed: bool
    lines: Sequence[str]


def verdict(base: str, head: str) -> Verdict | None:
    """Its answer; None where nobody is named as the author of the change (AUTHOR or INSTITUTION)."""
    if not (os.environ.get("AUTHOR") or os.environ.get("INSTITUTION")):
        return None
    ran = subprocess.run(
        [sys.executable, "-m", "deploys.ownership", "--base", base, "--head", head],
        cwd=Objects().top,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Verdict(ran.returncode == 0, [line for line in (ran.stderr + ran.stdout).splitlines() if line.strip()])
