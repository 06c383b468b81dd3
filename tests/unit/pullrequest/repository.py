"""A real git repository, written to as a person or as an attacker would."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

QUIET = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
}


class Repository:
    """A repository whose `main` holds the sample. The work tree is what is on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *arguments: str, sent: str = "") -> str:
        ran = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            input=sent,
            capture_output=True,
            text=True,
            env={**os.environ, **QUIET},
            check=True,
        )
        return ran.stdout.strip()

    def write(self, files: Mapping[str, str | None]) -> None:
        for name, text in files.items():
            file = self.path / name
            if text is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.path / name
        text = file.read_text(encoding="utf-8")
        assert old in text, name
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def commit(self, message: str = "c") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, start: str = "main") -> None:
        self.git("checkout", "--quiet", "-B", name, start)

    def put(self, mode: str, path: str, content: str) -> None:
        """An entry of the index that no work tree could hold, or that git add would refuse."""
        blob = content if mode == "160000" else self.git("hash-object", "-w", "--stdin", sent=content)
        self.git("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}")

    def commit_index(self) -> str:
        self.git("commit", "--quiet", "--no-verify", "--message", "c")
        return self.git("rev-parse", "HEAD")
