"""A pull request's objects, read with as little trust as possible: nothing of it is ever checked out or executed.

Revisions and paths are somebody else's words. They are never options, never patterns, and no attribute, filter, hook,
textconv, external diff or submodule that a revision names is run: only plumbing commands are used.
"""

import hashlib
import os
import re
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from inventory import repository
from inventory.repository import FILE, LINK, NOTHING, SUBMODULE, GitError

ROOT = Path(__file__).resolve().parents[2]

FETCHED = "refs/pull-request/head"
KINDS = {FILE: "file", "100755": "executable", LINK: "symlink", SUBMODULE: "submodule", NOTHING: "absent"}
TIMEOUT = 120

# What a caller's git (a hook, for one) leaves in the environment would make ours read another repository.
_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_EXTERNAL_DIFF", "GIT_PREFIX")
_OURS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


class ConflictError(GitError):
    """Two revisions change the same lines."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        super().__init__(", ".join(paths))


@dataclass(frozen=True)
class Objects(repository.Repository):
    """A repository, and what it takes to read a pull request in it."""

    root: Path = ROOT

    @property
    def top(self) -> Path:
        """The repository's own folder; a tree that we make below it has no .git."""
        return Path(self._git("rev-parse", "--show-toplevel").decode().rstrip("\n"))

    def fetch(self, ref: str, token: str = "") -> str:
        """Bring the objects of a pull request, by the name that the forge gives its head; returns where it points.

        The token goes by git's environment, to the host of `origin` alone: it is in no argument and in no file.
        """
        if not re.fullmatch(r"refs/(pull|merge-requests)/[1-9][0-9]*/head", ref, re.ASCII):
            raise GitError(f"{ref}: not the head of a pull request")
        given: dict[str, str] = {}
        url = urlsplit(self._git("remote", "get-url", "origin").decode().strip())
        if token and not url.username:  # GitLab's runner puts a token of its own in the address
            login = b64encode(f"x-access-token:{token}".encode()).decode()
            given = {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{url.scheme}://{url.netloc}/.extraHeader",
                "GIT_CONFIG_VALUE_0": f"Authorization: Basic {login}",
            }
        options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance")
        ran = self._run("fetch", *options, "origin", f"+{ref}:{FETCHED}", environment=given)
        if ran.returncode:
            raise GitError(f"{ref}: {_last_line(ran.stderr)}")
        return self.commit(FETCHED)

    def sizes(self, objects: list[str]) -> list[int]:
        """The bytes of each object, without reading them."""
        asked = "".join(f"{name}\n" for name in objects).encode()
        return [int(line.split()[2]) for line in self._git("cat-file", "--batch-check", text=asked).splitlines()]

    def merged(self, base: str, head: str) -> str:
        """The tree that merging `head` into `base` would give. Nothing is checked out. Raises ConflictError."""
        self.fork(base, head)
        ran = self._run("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base, head)
        names = [os.fsdecode(field) for field in ran.stdout.split(b"\0") if field]
        if ran.returncode == 1:
            raise ConflictError(sorted(set(names[1:])))
        if ran.returncode:
            raise GitError(_last_line(ran.stderr))
        return names[0]

    def extract(self, commit: str, folder: Path) -> None:
        """Copy the tree of a trusted revision into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        archive = Objects(self.top)._git("archive", "--format=tar", commit)  # below the top, it would take that part
        ran = subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, capture_output=True, check=False)
        if ran.returncode:
            raise GitError(f"{folder}: {_last_line(ran.stderr)}")

    def _git(self, *arguments: str, text: bytes | None = None) -> bytes:
        ran = self._run(*arguments, text=text)
        if ran.returncode:
            raise GitError(_last_line(ran.stderr))
        return ran.stdout

    def _run(
        self, *arguments: str, text: bytes | None = None, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        inherited = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
        given = {**inherited, **_OURS, **(environment or {})}
        command = ["git", "-C", str(self.root), "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"]
        try:
            return subprocess.run(
                [*command, *arguments], input=text or b"", capture_output=True, env=given, timeout=TIMEOUT, check=False
            )
        except FileNotFoundError:
            raise GitError("git is not installed") from None
        except subprocess.TimeoutExpired:
            raise GitError(f"git {arguments[0]} did not answer within {TIMEOUT} s") from None


def object_name(content: bytes, like: str) -> str:
    """The name that git gives to a content, in the hash function of another name."""
    function = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return function(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("fatal: ") if lines else ""
