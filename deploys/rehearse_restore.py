"""Back the domain up, restore it where nobody sees it, and log in to it: `make rehearse-restore [HOST=dc1]`.

Nothing that people use is touched: on a controller, in namespaces of its own. Ends with 1 where any of it fails.
"""

import argparse
import json
import subprocess
import sys
from time import monotonic

from inventory.hosts import write_ssh_config
from inventory.model import Administration, InventoryError, load
from inventory.secrets import SecretError, secrets_of
from roles.directory.rehearsal import ACCOUNT, BACK_UP, restore


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.rehearse_restore", description=__doc__)
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--host", default="", help="the controller to do it on; by default the last of the inventory")
    arguments = parser.parse_args()
    try:
        administration = load(arguments.environment)
        known = [controller.name for controller in administration.running("directory")]
        host = arguments.host or known[-1]
        if host not in known:
            print(f"HOST={host}: no such controller; there are {', '.join(known)}", file=sys.stderr)
            return 1
        password = secrets_of(administration.environment).get("mail", "service_account").reveal()
        write_ssh_config(administration)
        return rehearse(administration, host, password)
    except (InventoryError, SecretError) as error:
        print(error, file=sys.stderr)
        return 1


def rehearse(administration: Administration, host: str, password: str) -> int:
    """Both halves, on one controller; the first that fails says why."""
    began = monotonic()
    made = _ssh(administration, host, BACK_UP)
    if made.returncode:
        return _failed(host, made)
    backup = made.stdout.strip()
    print(f"{host}: the domain is backed up to {backup} in {monotonic() - began:.0f} s")
    login = {"realm": administration.platform.realm, "account": ACCOUNT, "password": password}
    done = _ssh(administration, host, restore(backup), json.dumps(login))
    for line in done.stdout.splitlines():
        print(f"{host}: {line}")
    return _failed(host, done) if done.returncode else 0


def _ssh(administration: Administration, host: str, command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    line = ["ssh", "-F", str(administration.environment.ssh_config), host, command]
    return subprocess.run(line, input=stdin, capture_output=True, text=True, check=False)


def _failed(host: str, done: subprocess.CompletedProcess[str]) -> int:
    said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
    print(f"{host}: {said[-1]}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
