"""A host of operations that is this machine: facts are asked in its own shell, commands are run there."""

import os
import subprocess
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pyinfra.api import FactBase, StringCommand
from pyinfra.context import ctx_host


@dataclass(eq=False)
class Here:
    """Where facts and commands run: `under` goes before the shell, `programs` before those of the machine."""

    programs: Path
    under: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    left_alone: list[str] = field(default_factory=list)

    def sh(self, command: str, given: str = "") -> subprocess.CompletedProcess[str]:
        path = f"{self.programs}:{os.environ['PATH']}"
        return subprocess.run(
            [*self.under, "sh", "-c", command],
            input=given,
            env={**os.environ, **self.environment, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    def program(self, name: str, script: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def get_fact(self, fact: type[FactBase[Any]], **arguments: Any) -> Any:
        command = fact().command(**arguments)
        ran = self.sh(command if isinstance(command, str) else command.get_raw_value())
        assert (ran.returncode, ran.stderr) == (0, "")
        lines = ran.stdout.splitlines()
        return fact().process(lines) if lines else fact.default()

    def noop(self, why: str) -> None:
        self.left_alone.append(why)

    def commands(self, operation: Callable[..., Any], **arguments: Any) -> list[StringCommand]:
        """What an operation would run."""
        with ctx_host.use(self):  # type: ignore[arg-type]
            generator: Generator[StringCommand, None, None] = operation._inner(**arguments)  # type: ignore[attr-defined]
            return list(generator)

    def does(self, operation: Callable[..., Any], **arguments: Any) -> list[str]:
        """Run an operation; what its commands say of themselves."""
        said = []
        for command in self.commands(operation, **arguments):
            ran = self.sh(command.get_raw_value(), command.connector_arguments.get("_stdin") or "")
            assert (ran.returncode, ran.stderr) == (0, "")
            said += [change.text for change in getattr(command, "changes", [])] or [command.get_raw_value()]
        return said


@pytest.fixture
def here(tmp_path: Path) -> Here:
    programs = tmp_path / "programs"
    programs.mkdir()
    return Here(programs)
