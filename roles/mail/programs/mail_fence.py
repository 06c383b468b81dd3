#!/usr/bin/python3 -I
"""Stop serving mail, and bring the copy on the other server up to date: mail-fence SECONDS.

Nobody logs in any more and nothing is taken in; what was open ends; each mailbox is synchronised once more. Then
Dovecot and Postfix are stopped, until a deploy has made this server the one that stands by (or the one that is used).
What waits in the queue stays in it. The last line says of how many mailboxes the copy lacks something; -1: unknown.
"""

import subprocess
import sys
import time
from pathlib import Path

COPIES = Path("/run/mail-copy")
LOGINS = ("imap-login", "managesieve-login")


def run(*line: str, check: bool = True) -> str:
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=check).stdout


def copied(seconds: float) -> int:
    """Have every mailbox copied; returns how many are not by then, as far as that is known."""
    addresses = [line.partition(":")[0] for line in Path("/etc/dovecot/people").read_text().splitlines()]
    addresses = [address for address in addresses if "@" in address and not address.startswith("#")]
    began = time.time()
    for address in addresses:
        (COPIES / "ask" / address).touch()

    def late() -> int:
        return sum(not (COPIES / address).exists() or _when(address) < began for address in addresses)

    while (left := late()) and time.time() - began < seconds:
        time.sleep(0.2)
    return left


def _when(address: str) -> float:
    return float((COPIES / address).read_text())


def active(unit: str) -> bool:
    return subprocess.run(["systemctl", "is-active", "--quiet", unit], check=False).returncode == 0


def main() -> int:
    run("systemctl", "stop", "postfix.service")
    left = -1
    if active("dovecot.service") and active("mail-copy.service"):
        for service in LOGINS:
            run("doveadm", "service", "stop", service, check=False)  # one that does not run is stopped
        run("doveadm", "kick", "*", check=False)  # nobody may be there
        left = copied(float(sys.argv[1]))
    run("systemctl", "stop", "mail-copy.service", check=False)
    run("systemctl", "stop", "dovecot.service")
    print(left)
    return 0


if __name__ == "__main__":
    sys.exit(main())
