"""What git says, read from its objects: nothing is checked out, and no name that it gives is opened as a file."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

FILE, NOTHING = "100644", "000000"
LINK, SUBMODULE = "120000", "160000"


class GitError(Exception):
    """Git cannot answer; the message is its own last line."""


@dataclass(frozen=True)
class Change:
    """One path that differs. A rename is a path that goes and one that comes."""

    path: str
    old_mode: str
    new_mode: str
    old: str
    new: str


@dataclass(frozen=True)
class Repository:
    """A git repository, asked through its plumbing only: what users and pull requests configure changes no answer."""

    root: Path

    def commit(self, revision: str) -> str:
        """The commit that a name stands for."""
        try:
            return self._git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
        except GitError:
            raise GitError(f"no commit '{revision}' here: git fetch?") from None

    def fork(self, base: str, head: str) -> str:
        """The last commit that two histories share."""
        try:
            return self._git("merge-base", base, head).decode().strip()
        except GitError as error:
            raise GitError(str(error) or "no commit in common: fetch the whole history") from None

    def changes(self, old: str, new: str) -> list[Change]:
        """Every path that differs between two commits, submodules too, whatever .gitmodules says."""
        options = ("-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
        fields = self._git("diff-tree", *options, old, new).split(b"\0")
        found = []
        for described, name in zip(fields[0:-1:2], fields[1::2], strict=True):
            old_mode, new_mode, was, now, _ = described.decode().removeprefix(":").split(" ")
            found.append(Change(os.fsdecode(name), old_mode, new_mode, was, now))
        return found

    def files(self, commit: str, *folders: str) -> dict[str, str]:
        """The regular files below some folders: the object of each, by path."""
        entries = self._git("ls-tree", "-r", "-z", "--full-tree", commit, "--", *folders).split(b"\0")
        found = {}
        for entry in filter(None, entries):
            described, _, name = entry.partition(b"\t")
            mode, _, object_ = described.decode().split(" ")
            if mode == FILE:
                found[os.fsdecode(name)] = object_
        return found

    def content(self, objects: list[str]) -> dict[str, bytes]:
        """The bytes of each object."""
        answer = self._git("cat-file", "--batch", text="".join(f"{name}\n" for name in objects).encode())
        found, at = {}, 0
        for name in objects:
            end = answer.index(b"\n", at)
            if answer[at:end].endswith(b" missing"):
                raise GitError(f"the object {name} is missing: fetch the whole history")
            size = int(answer[at:end].split(b" ")[2])
            found[name] = answer[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def _git(self, *arguments: str, text: bytes | None = None) -> bytes:
        environment = {**os.environ, "LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0"}
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=environment, input=text, capture_output=True, check=False
        )
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            raise GitError(lines[-1] if lines else "")
        return done.stdout


def shown(path: str) -> str:
    """A path on one line, whatever is in its name."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in path)
