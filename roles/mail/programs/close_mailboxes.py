"""Close what is open and not in this list. Stdin: JSON, each as sessions.opened names it: an address and its groups."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

PATIENCE = 10  # seconds

may = set(json.load(sys.stdin))


def strangers() -> dict[tuple[str, int], str]:
    """Who has a mailbox open and may not, or with rights that were withdrawn: by the service and its process."""
    told = subprocess.run(["doveadm", "-f", "tab", "who", "-1"], capture_output=True, text=True, check=True).stdout
    titles, *rows = [line.split("\t") for line in told.splitlines() if line]
    found = [dict(zip(titles, row, strict=False)) for row in rows]
    named = [((row["service"], int(row["pid"])), row["username"], row.get("user_rights", "")) for row in found]
    return {session: name for session, name, rights in named if (f"{name} ({rights})" if rights else name) not in may}


deadline = time.monotonic() + PATIENCE
kicked: set[tuple[str, int]] = set()
while found := strangers():
    if time.monotonic() > deadline:
        sys.exit(f"still open after {PATIENCE} s: {', '.join(sorted(set(found.values())))}")
    for address in set(found.values()):
        subprocess.run(["doveadm", "kick", address], capture_output=True, check=False)  # it may be gone already
    # A session in a shared mailbox does not hear that. Each of imap is a process; those that sleep share one.
    for service, pid in found.keys() & kicked:
        if service == "imap":
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
    kicked |= found.keys()
    time.sleep(0.5)
