"""Bring the newest backup of the domain off its controllers, sealed: `make backup OUT=folder`.

Every secret of the domain is in it, so it is sealed with age before it touches this machine's disk, for those who may
read the secret `directory` (recipients.yaml). `make rehearse-restore FROM=folder` proves that it can be restored.
Exits 0, 1 where no controller has a backup, nobody may read it, or it cannot be written.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pyrage

from inventory.hosts import write_ssh_config
from inventory.model import Administration, InventoryError, load
from inventory.sealing import RULES, rules
from inventory.secrets import SecretError
from roles.directory.rehearsal import SCOPE, newest, send

MADE = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar\.bz2")  # sorts by time


class NoBackupError(Exception):
    """What is in the way; the message is one line."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.backup", description=__doc__)
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--out", type=Path, required=True, help="the folder where it is written")
    arguments = parser.parse_args()
    try:
        print(brought(load(arguments.environment), arguments.out))
    except (InventoryError, SecretError, NoBackupError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or arguments.out}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def brought(administration: Administration, folder: Path) -> str:
    """Fetch, seal and write it; what to say. Raises NoBackupError, SecretError, OSError."""
    readers = _readers(administration)
    write_ssh_config(administration)
    found = [
        (made, controller.name)
        for controller in administration.running("directory")
        if (made := _newest(administration, controller.name))
    ]
    if not found:
        raise NoBackupError("no controller has a backup of the domain: `systemctl start backup-directory` on one")
    made, name = max(found)
    content = _ssh(administration, name, send(made))
    if content.returncode or not content.stdout:
        raise NoBackupError(f"{name}: {made} cannot be read: {_reason(content)}")
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{made}.age"
    write(place, bytes(pyrage.encrypt(content.stdout, readers)))
    return (
        f"{place}: the domain as {name} backed it up, {len(content.stdout) / 2**20:.1f} MiB, sealed for {len(readers)}"
    )


def write(place: Path, sealed: bytes) -> None:
    """Write it for its owner alone, and under its name only once it is whole."""
    partial = place.with_name(f"{place.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(place)


def newest_in(folder: Path) -> Path:
    """The newest backup that was brought to a folder. Raises NoBackupError."""
    found = [path for path in folder.glob("*.tar.bz2.age") if MADE.fullmatch(path.name.removesuffix(".age"))]
    if not found:
        raise NoBackupError(f"{folder}: no backup of the domain: `make backup OUT={folder}`")
    return max(found, key=lambda path: path.name)


def opened(path: Path, identity: Path) -> bytes:
    """A sealed backup in clear. Raises SecretError."""
    try:
        line = next(line for line in identity.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-"))
        return bytes(pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(line)]))
    except (OSError, StopIteration):
        raise SecretError(f"{identity}: it should hold your age key (README)") from None
    except pyrage.DecryptError:
        raise SecretError(f"{path}: it is damaged, or {identity} is not one of its recipients") from None


def _readers(administration: Administration) -> list[pyrage.x25519.Recipient]:
    folder = administration.environment.secrets
    keys = rules(folder).readers(SCOPE)
    if not keys:
        raise SecretError(f"{folder / RULES}:1:1: nobody may read {SCOPE}: name a key under 'readers'")
    return [pyrage.x25519.Recipient.from_str(key) for key in keys]


def _newest(administration: Administration, name: str) -> str:
    """The name of a controller's newest backup; nothing where it has none, or does not answer, which is said."""
    asked = _ssh(administration, name, newest())
    said = asked.stdout.decode(errors="replace").strip()
    if asked.returncode:
        print(f"{name} does not answer: {_reason(asked)}", file=sys.stderr)
    return said if MADE.fullmatch(said) else ""


def _ssh(administration: Administration, host: str, command: str) -> subprocess.CompletedProcess[bytes]:
    line = ["ssh", "-F", str(administration.environment.ssh_config), host, command]
    return subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"exit status {done.returncode}"


if __name__ == "__main__":
    sys.exit(main())
