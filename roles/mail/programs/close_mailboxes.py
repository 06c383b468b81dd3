"""Close every mailbox that is open and not of one of these. Stdin: a JSON list of addresses."""

import json
import subprocess
import sys
import time

PATIENCE = 10  # seconds

may = set(json.load(sys.stdin))


def strangers() -> set[str]:
    """The addresses that have a mailbox open and may not."""
    told = subprocess.run(["doveadm", "-f", "tab", "who", "-1"], capture_output=True, text=True, check=True).stdout
    return {line.split("\t")[0] for line in told.splitlines()[1:]} - may


deadline = time.monotonic() + PATIENCE
while addresses := strangers():
    if time.monotonic() > deadline:
        sys.exit(f"still open after {PATIENCE} s: {', '.join(sorted(addresses))}")
    for address in addresses:
        subprocess.run(["doveadm", "kick", address], capture_output=True, check=False)  # it may be gone already
    time.sleep(0.2)
