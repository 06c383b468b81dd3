"""Close every share that somebody has open and may not. Stdin: a JSON list of share/DOMAIN\\account, in lower case.

A client has one process here, which goes with all that the client has open: it comes back by itself where it may.
"""

import json
import subprocess
import sys
import time

PATIENCE = 10  # seconds

may = set(json.load(sys.stdin))


def strangers() -> set[str]:
    """The processes that serve somebody a share that is not theirs."""
    told = json.loads(subprocess.run(["smbstatus", "--json"], capture_output=True, check=True).stdout)
    found = set()
    for tree in told["tcons"].values():
        session = told["sessions"].get(tree["session_id"])
        if session and tree["service"] != "IPC$" and f"{tree['service']}/{session['username']}".lower() not in may:
            found.add(session["server_id"]["pid"])
    return found


deadline = time.monotonic() + PATIENCE
while processes := strangers():
    if time.monotonic() > deadline:
        sys.exit(f"still open after {PATIENCE} s: processes {', '.join(sorted(processes))}")
    for process in processes:
        subprocess.run(["smbcontrol", process, "shutdown"], capture_output=True, check=False)  # it may be gone already
    time.sleep(0.2)
