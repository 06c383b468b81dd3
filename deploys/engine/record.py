"""The record of a deploy, read from and written on a host."""

import json
from dataclasses import asdict

from pyinfra.api import FactBase, StringCommand
from pyinfra.api.host import Host

from deploys.record import FOLDER, Record, path_of
from roles.common.commands import WriteFile


class Recorded(FactBase[Record | None]):
    """What a machine says of its last deploy; None where there was none."""

    def command(self, deploys: str) -> StringCommand:
        path = path_of(deploys)
        return StringCommand(f"! test -f {path} || cat {path}")

    def process(self, output: list[str]) -> Record | None:
        try:
            return Record(**json.loads("".join(output)))
        except (ValueError, TypeError):
            return None  # half of one, or of another time: it is written anew


def write(host: Host, new: Record) -> None:
    """Write it on a host."""
    text = json.dumps(asdict(new), ensure_ascii=False) + "\n"
    path = path_of(new.deploys)
    command = WriteFile(path, text, user="root", group="root", mode="644", check=None, secret=False)
    host.run_shell_command(StringCommand("mkdir -p", FOLDER))
    succeeded, output = host.run_shell_command(command, _stdin=text)
    if not succeeded:
        raise OSError(f"{path}: {(output.stderr_lines or ['cannot be written'])[-1]}")
