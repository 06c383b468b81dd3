"""A repository to write in, and the command that writes, in French unless a test says otherwise."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploys.new import main
from inventory.model import Administration, load

SAMPLE = Path(__file__).parents[1] / "inventory" / "sample"


@dataclass
class Clerk:
    """Who runs the command, and what they see."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    status: int = 0
    said: str = ""  # standard output
    refused: str = ""  # standard error

    def new(self, *arguments: str) -> "Clerk":
        """Run the command without a terminal."""
        return self._run(list(arguments), None)

    def at_a_terminal(self, *arguments: str, answers: list[str]) -> "Clerk":
        """Run the command and type these answers."""
        waiting = iter(answers)

        def prompt(question: str) -> str:
            answer = next(waiting, None)
            if answer is None:
                raise EOFError
            print(f"{question}{answer}")
            return answer

        ran = self._run(list(arguments), prompt)
        assert next(waiting, None) is None, "not every answer was asked for"
        return ran

    def _run(self, arguments: list[str], prompt: Callable[[str], str] | None) -> "Clerk":
        self.status = main(arguments, self.folder, prompt)
        self.said, self.refused = self.capsys.readouterr()
        return self

    def files(self) -> dict[str, str]:
        """Every file of the repository."""
        root = self.folder.parent
        return {str(p.relative_to(root)): p.read_bytes().decode() for p in sorted(root.rglob("*")) if p.is_file()}

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def load(self) -> Administration:
        return load("lab", self.folder)


@pytest.fixture
def clerk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    shutil.copytree(SAMPLE, tmp_path / "repository" / "inventory")
    return Clerk(tmp_path / "repository" / "inventory", capsys)
