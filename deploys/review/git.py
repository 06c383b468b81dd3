"""Git's objects, read with as little trust as possible: nothing of a revision is ever checked out or executed.

Revisions and paths of a pull request are somebody else's words. They are never options, never patterns, and no
attribute, filter, hook, textconv or external diff that a revision names is run: only plumbing commands are used.
"""

import hashlib
import os
import re
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]

FETCHED = "refs/pull-request/head"
REGULAR = "100644"
KINDS = {"100644": "file", "100755": "executable", "120000": "symlink", "160000": "submodule", "000000": "absent"}

# What a caller's git (a hook, for one) leaves in the environment would make ours read another repository.
_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_EXTERNAL_DIFF", "GIT_PREFIX")
_OURS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


class GitError(Exception):
    """Git cannot answer; the message is one line."""


class ConflictError(GitError):
    """Two revisions change the same lines."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        super().__init__(", ".join(paths))


@dataclass(frozen=True)
class Entry:
    """One file of a tree. A submodule has no size."""

    path: str
    mode: str
    blob: str
    size: int

    @property
    def kind(self) -> str:
        return KINDS.get(self.mode, "unknown")


@dataclass(frozen=True)
class Changed:
    """One path whose entry differs between two trees; a mode of zeros is absence."""

    path: str
    old_mode: str
    mode: str
    blob: str

    @property
    def deleted(self) -> bool:
        return set(self.mode) == {"0"}


def commit(revision: str, root: Path = ROOT) -> str:
    """The full name of the commit that a revision means."""
    ran = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if ran.returncode:
        raise GitError(f"{revision}: no such revision here; `git fetch` it first")
    return ran.stdout.decode().strip()


def top(root: Path = ROOT) -> Path:
    """The repository's own folder; a tree that we make below it has no .git."""
    return Path(_output(root, "rev-parse", "--show-toplevel").decode().rstrip("\n"))


def fetch(ref: str, token: str = "", root: Path = ROOT) -> str:
    """Bring the objects of a pull request, by the name that the forge gives its head; returns where it points.

    The token goes by git's environment, to the host of `origin` alone: it is in no argument and in no file.
    """
    if not re.fullmatch(r"refs/(pull|merge-requests)/[1-9][0-9]*/head", ref, re.ASCII):
        raise GitError(f"{ref}: not the head of a pull request")
    given: dict[str, str] = {}
    url = urlsplit(_output(root, "remote", "get-url", "origin").decode().strip())
    if token and not url.username:  # GitLab's runner puts a token of its own in the address
        login = b64encode(f"x-access-token:{token}".encode()).decode()
        given = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{url.scheme}://{url.netloc}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {login}",
        }
    options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance")
    ran = _git(root, "fetch", *options, "origin", f"+{ref}:{FETCHED}", environment=given)
    if ran.returncode:
        raise GitError(f"{ref}: {_last_line(ran.stderr)}")
    return commit(FETCHED, root)


def tree(sha: str, folder: str, root: Path = ROOT) -> dict[str, Entry]:
    """Every file below a folder of a revision (or of the whole of it: ""), by its path."""
    listing = _output(root, "ls-tree", "-r", "-z", "--long", "--full-tree", sha, *([f"{folder}/"] if folder else []))
    entries = (_entry(line) for line in listing.split(b"\0") if line)
    return {entry.path: entry for entry in entries}


def blobs(names: list[str], root: Path = ROOT) -> Iterator[bytes]:
    """The contents of blobs, in their order."""
    if not names:
        return
    data = _output(root, "cat-file", "--batch", sent="".join(f"{name}\n" for name in names).encode())
    at = 0
    for name in names:
        end = data.index(b"\n", at)
        _, kind, size = data[at:end].split()
        if kind != b"blob":
            raise GitError(f"{name}: not a file")
        at = end + 1 + int(size)
        yield data[end + 1 : at]
        at += 1


def blob_name(content: bytes, like: str) -> str:
    """The name that git gives to a content, in the hash function of another name."""
    function = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return function(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def changed(base: str, head: str, root: Path = ROOT) -> list[Changed]:
    """What differs between two trees. A renamed file is one that goes and one that comes."""
    raw = _output(root, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", base, head)
    fields = raw.split(b"\0")[:-1]
    found = []
    for head_line, path in zip(fields[::2], fields[1::2], strict=True):
        old_mode, mode, _, blob, _ = head_line.decode().lstrip(":").split(" ")
        found.append(Changed(_name(path), old_mode, mode, blob))
    return found


def fork_point(base: str, head: str, root: Path = ROOT) -> str:
    """The commit where `head` left `base`."""
    ran = _git(root, "merge-base", base, head)
    if ran.returncode:
        raise GitError(f"{head[:12]} and {base[:12]} have no common history here; fetch the whole history")
    return ran.stdout.decode().strip()


def merged(base: str, head: str, root: Path = ROOT) -> str:
    """The tree that merging `head` into `base` would give. Nothing is checked out. Raises ConflictError."""
    fork_point(base, head, root)
    ran = _git(root, "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base, head)
    names = [_name(field) for field in ran.stdout.split(b"\0") if field]
    if ran.returncode == 1:
        raise ConflictError(sorted(set(names[1:])))
    if ran.returncode:
        raise GitError(_last_line(ran.stderr))
    return names[0]


def extract(sha: str, folder: Path, root: Path = ROOT) -> None:
    """Copy the tree of a trusted revision into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = _output(top(root), "archive", "--format=tar", sha)  # below the top, it would take that folder only
    ran = subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, capture_output=True, check=False)
    if ran.returncode:
        raise GitError(f"{folder}: {_last_line(ran.stderr)}")


def _entry(line: bytes) -> Entry:
    head, path = line.split(b"\t", 1)
    mode, _, blob, size = head.decode().split()
    return Entry(_name(path), mode, blob, int(size) if size != "-" else 0)


def _name(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _output(root: Path, *arguments: str, sent: bytes = b"") -> bytes:
    ran = _git(root, *arguments, sent=sent)
    if ran.returncode:
        raise GitError(_last_line(ran.stderr))
    return ran.stdout


def _git(
    root: Path, *arguments: str, sent: bytes = b"", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    inherited = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
    given = {**inherited, **_OURS, **(environment or {})}
    command = ["git", "-C", str(root), "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", *arguments]
    try:
        return subprocess.run(command, input=sent, capture_output=True, env=given, timeout=120, check=False)
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} did not answer within 120 s") from None


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("fatal: ") if lines else "git failed"
