"""Restore a backup of the domain where nobody sees it, and log in to it: `make rehearse-restore [HOST= FROM=folder]`.

A new one, or the newest that `make backup` brought to a folder. Nothing that people use is touched: on a controller, in
namespaces of its own. Ends with 1 where any of it fails.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from time import monotonic

from deploys.backup import NoBackupError, newest_in, opened
from inventory.hosts import write_ssh_config
from inventory.model import Administration, InventoryError, load
from inventory.secrets import SecretError, secrets_of
from roles.directory.rehearsal import ACCOUNT, BACK_UP, forget, receive, restore


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.rehearse_restore", description=__doc__)
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--host", default="", help="the controller to do it on; by default the last of the inventory")
    parser.add_argument("--from", dest="folder", type=Path, help="where `make backup` brought backups")
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
        if arguments.folder:
            return rehearse_sealed(administration, host, password, newest_in(arguments.folder))
        return rehearse(administration, host, password)
    except (InventoryError, SecretError, NoBackupError) as error:
        print(error, file=sys.stderr)
        return 1


def rehearse(administration: Administration, host: str, password: str) -> int:
    """Back up and restore, on one controller; the first half that fails says why."""
    began = monotonic()
    made = _ssh(administration, host, BACK_UP)
    if made.returncode:
        return _failed(host, made)
    backup = made.stdout.decode().strip()
    print(f"{host}: the domain is backed up to {backup} in {monotonic() - began:.0f} s")
    return _restored(administration, host, password, backup, made="")


def rehearse_sealed(administration: Administration, host: str, password: str, sealed: Path) -> int:
    """Restore what was brought elsewhere; it is on the controller's disk only meanwhile."""
    content = opened(sealed, administration.environment.age_identity.expanduser())
    name = sealed.name.removesuffix(".age")
    received = _ssh(administration, host, receive(name), content)
    if received.returncode:
        return _failed(host, received)
    backup = received.stdout.decode().strip()
    print(f"{host}: has {sealed}, opened")
    try:
        return _restored(administration, host, password, backup, made=name.partition(".")[0])
    finally:
        _ssh(administration, host, forget(backup))


def _restored(administration: Administration, host: str, password: str, backup: str, made: str) -> int:
    login = {"realm": administration.platform.realm, "account": ACCOUNT, "password": password, "made": made}
    done = _ssh(administration, host, restore(backup), json.dumps(login).encode())
    for line in done.stdout.decode().splitlines():
        print(f"{host}: {line}")
    return _failed(host, done) if done.returncode else 0


def _ssh(
    administration: Administration, host: str, command: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    line = ["ssh", "-F", str(administration.environment.ssh_config), host, command]
    return subprocess.run(line, input=stdin, capture_output=True, check=False)


def _failed(host: str, done: subprocess.CompletedProcess[bytes]) -> int:
    said = done.stderr.decode().strip().splitlines() or [f"exit status {done.returncode}"]
    print(f"{host}: {said[-1]}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
