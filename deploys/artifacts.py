"""Build the stand-in application's wheel, the same bytes each time: `make artifacts`."""

import os
import subprocess
import sys
from pathlib import Path

SOURCE, FOLDER = Path("tests/standin"), Path(".cache/artifacts")
EPOCH = "1767225600"  # 2026-01-01: what a build says of its time does not change what is served


def main() -> int:
    """Build it; its output is shown only where it fails."""
    built = subprocess.run(
        [sys.executable, "-m", "flit_core.wheel", str(SOURCE), "--outdir", str(FOLDER)],
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        print(built.stdout + built.stderr, file=sys.stderr)
    return built.returncode


if __name__ == "__main__":
    sys.exit(main())
