"""The people and groups of an inventory in the bench's directory, as roles/directory puts them there."""

import os
from pathlib import Path
from typing import cast

from inventory.model import load
from inventory.secrets import Secret, Secrets
from roles.directory import operations
from roles.directory.objects import desired_of


class Made:
    """A store that has a password for everybody."""

    def get(self, scope: str, key: str) -> Secret:
        return Secret(f"Bench-{scope}-{key}-2026")  # not-a-secret: of accounts that live as long as the bench


operations.content(
    name="bench: people and groups",
    desired=desired_of(load("lab", Path(os.environ["BENCH_INVENTORY"]))),
    secrets=cast(Secrets, Made()),
)
