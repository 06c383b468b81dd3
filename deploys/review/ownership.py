"""The verdict of the ownership check, as a comment shows it."""

import subprocess
import sys

from deploys.review import git


def verdict(base: str) -> list[str]:
    """Its lines; none where this repository has no such check."""
    if not (git.ROOT / "deploys/ownership.py").exists():
        return []
    command = [sys.executable, "-m", "deploys.ownership", "--base", base]
    ran = subprocess.run(command, cwd=git.ROOT, capture_output=True, text=True, check=False)
    return [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]
