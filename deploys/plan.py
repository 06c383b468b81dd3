"""What would change, on hosts and devices: `make plan`. Exits 0 if nothing would, 2 if something would, 1 on errors."""

import subprocess
import sys

CHANGES = 2
DEVICES = ("deploys.lan", "deploys.uplinks")


def main() -> int:
    deploy, *options = sys.argv[1:]
    if (status := subprocess.run([sys.executable, "-m", "deploys.validate", "--quiet"], check=False).returncode) != 0:
        return status
    # Devices have a process of their own: netmiko under pyinfra's gevent is several times slower.
    plans = [("deploys.engine", "plan", deploy, *options)]
    if deploy == "site" and "--limit" not in options:
        plans += [(device, "--plan", *options) for device in DEVICES]
    statuses = [subprocess.run([sys.executable, "-m", *plan], check=False).returncode for plan in plans]
    if any(status not in (0, CHANGES) for status in statuses):
        return 1
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
