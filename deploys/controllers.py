"""A program of ours run on a domain controller, over ssh: what it answers, or in one line why not."""

import shlex
import subprocess
from pathlib import Path

from inventory.hosts import write_ssh_config
from inventory.model import Administration


class NoAnswerError(Exception):
    """A controller that cannot be asked, or whose answer is an error; the message is one line."""


def ask(administration: Administration, name: str, program: Path, *arguments: str, stdin: str = "") -> str:
    """The answer of a program on a controller. Raises NoAnswerError."""
    command = shlex.join(["python3", "-I", "-c", program.read_text(), *arguments])
    config = write_ssh_config(administration)
    asked = subprocess.run(
        ["ssh", "-F", str(config), name, command], input=stdin, capture_output=True, text=True, check=False
    )
    if asked.returncode:
        said = asked.stderr.strip().splitlines()
        raise NoAnswerError(f"{name} does not answer: {said[-1] if said else 'no reason given'}")
    return asked.stdout
