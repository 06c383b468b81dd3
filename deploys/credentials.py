"""The keys that a CI job was given, where the environment looks for them: `make credentials`, and `make forget` after.

They come by the environment (SSH_KEY, AGE_KEY), go to the files that inventory/environments names, readable by their
owner alone, and never over a file that is there already: a runner's own keys are nobody else's to replace.
"""

import argparse
import os
import sys
from pathlib import Path

from inventory.model import Environment, InventoryError, load

RECORD = "credentials"  # in the environment's state: what we wrote


class CredentialError(Exception):
    """A key is missing, or somebody else's stands in its place."""


def give(environment: Environment) -> list[Path]:
    """Write the keys. Raises CredentialError before any is written."""
    wanted = {"SSH_KEY": environment.reach.identity.expanduser(), "AGE_KEY": environment.age_identity.expanduser()}
    keys = {path: os.environ.pop(name, "").strip() for name, path in wanted.items()}
    for (name, path), key in zip(wanted.items(), keys.values(), strict=True):
        if not key:
            raise CredentialError(f"{name} is empty: set it as a secret of this CI environment (docs/ci.md)")
        if path.exists() or path.is_symlink():
            raise CredentialError(f"{path}: is there already; give this runner another HOME, or remove it")
    record = environment.state / RECORD
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text("".join(f"{path}\n" for path in keys), encoding="utf-8")
    for path, key in keys.items():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{key}\n")
    return list(keys)


def forget(environment: Environment) -> None:
    """Remove the keys that `give` wrote, and no other."""
    record = environment.state / RECORD
    if record.exists():
        for line in record.read_text(encoding="utf-8").splitlines():
            Path(line).unlink(missing_ok=True)
        record.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.credentials", description=__doc__)
    parser.add_argument("--environment", default="production")
    parser.add_argument("--forget", action="store_true")
    arguments = parser.parse_args()
    try:
        environment = load(arguments.environment).environment
        if arguments.forget:
            forget(environment)
        else:
            print("\n".join(str(path) for path in give(environment)))
    except (InventoryError, CredentialError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
