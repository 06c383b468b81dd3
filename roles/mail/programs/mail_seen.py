#!/usr/bin/python3 -I
"""How far the copy here was behind when it was last known: mail-seen SETTINGS, on a server that stands by.

It asks the server that people use, and keeps the last answer for who must take over from it once it is gone.
"""

import json
import os
import sys
import time
import urllib.request
from pathlib import Path

EVERY, PATIENCE = 2, 2  # seconds
NAMES = ("mail_copy_waiting", "mail_copy_lag_seconds", "mail_copy_mailboxes")


def main() -> int:
    place = Path(os.environ["STATE_DIRECTORY"]) / "last.json"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        address = json.loads(Path(sys.argv[1]).read_text())["watch"]
        try:
            with direct.open(address, timeout=PATIENCE) as answer:
                lines = answer.read().decode().splitlines()
            said = dict(line.split() for line in lines if line.partition(" ")[0] in NAMES)
            if len(said) == len(NAMES):
                partial = place.with_suffix(".partial")
                partial.write_text(json.dumps({"at": time.time(), **{name: float(said[name]) for name in NAMES}}))
                partial.replace(place)
        except (OSError, ValueError):
            pass  # it is away: the last answer stands
        time.sleep(EVERY)


if __name__ == "__main__":
    sys.exit(main())
