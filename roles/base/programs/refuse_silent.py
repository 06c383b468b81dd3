#!/usr/bin/python3 -I
"""Refuse at once, in its stead, what this machine sends to a controller that has vanished.

A host that is off refuses nothing: whoever holds a connection to it waits, in most programs for minutes. As soon as a
controller is silent a rule of the firewall says no to all of them, who turn to another one; the rule goes as soon as
it answers again. A controller that refuses by itself, or answers slowly, is left alone. Arguments: their addresses.
"""

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

PORT = 88  # each of them is a KDC
PATIENCE, MISSES = 1.0, 2  # seconds; in a row. Being wrong costs little: another controller is asked meanwhile
MARK = 0x51  # what asks whether it is back is let through
NO_RULE = "add table inet silent\ndelete table inet silent\n"


def answers(address: str) -> bool:
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
        asked.settimeout(PATIENCE)
        try:
            asked.connect((address, PORT))
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return True


def rule(silent: list[str]) -> str:
    """In nft's language; it replaces the one that is there."""
    if not silent:
        return NO_RULE
    to = f"meta mark != {MARK} ip daddr {{ {', '.join(silent)} }}"
    return f"""{NO_RULE}\
table inet silent {{
    chain output {{
        type filter hook output priority filter; policy accept;
        {to} meta l4proto tcp reject with tcp reset
        {to} reject with icmp port-unreachable
    }}
}}
"""


def main() -> None:
    misses = dict.fromkeys(sys.argv[1:], 0)
    before: list[str] = []
    with ThreadPoolExecutor(len(misses)) as pool:
        while True:
            for address, answered in zip(misses, pool.map(answers, misses), strict=True):
                misses[address] = 0 if answered else misses[address] + 1
            silent = [address for address, missed in misses.items() if missed >= MISSES]
            if silent or before:  # again each time: a reload of the firewall takes the rule away
                subprocess.run(["nft", "--file", "-"], input=rule(silent), text=True, check=True)
            if silent != before:
                print(f"silent, and refused in its stead: {', '.join(silent)}" if silent else "all answer", flush=True)
            before = silent
            time.sleep(0 if any(misses.values()) and not silent else PATIENCE)


main()
