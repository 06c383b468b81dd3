"""The tree that a pull request is planned in: main's code, and the pull request's data.

`python -m deploys.overlay --base origin/main --pull-request REVISION --out DIR`; in CI, FETCH=refs/pull/12/head brings
the objects first, with FORGE_TOKEN where the repository is private. A plan runs with credentials, so it
must never run what a pull request brings. Of its merge with the base, only regular files of the inventory's data
are taken, from git's objects, by names that match a fixed form; everything else that it changes is named and left.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from deploys.review import paths
from deploys.review.git import FILE, KINDS, NOTHING, ROOT, ConflictError, GitError, Objects
from deploys.review.phrases import CONFLICT, LEFT, REFUSED_KIND, REFUSED_SIZE, REFUSED_TOO_MANY
from deploys.review.words import phrase, plain
from inventory.model.text import LARGEST
from inventory.repository import Change

DEFAULT = ".cache/pull-request"
RECORD = ".overlay.json"  # in the folder: what it was made of
MOST_FILES, MOST_BYTES = 2000, 32 * 1024 * 1024


class OverlayError(Exception):
    """The pull request cannot be planned; one line a reason."""


@dataclass(frozen=True)
class Overlay:
    """What a tree was made of. `left` are the paths that the pull request changes and a plan does not see."""

    base: str
    head: str
    taken: Sequence[str]
    left: Sequence[str]


def overlay(base: str, head: str, out: Path, root: Path = ROOT) -> Overlay:
    """Make the tree. Raises GitError or OverlayError; then nothing is written."""
    objects = Objects(root)
    base, head = objects.commit(base), objects.commit(head)
    try:
        changes = objects.changes(base, objects.merged(base, head))
    except ConflictError as error:
        raise OverlayError(phrase(CONFLICT, paths=", ".join(error.paths))) from None
    data = [change for change in changes if paths.is_data(change.path)]
    contents = _checked(data, objects)
    left = sorted(change.path for change in changes if not paths.is_data(change.path))
    made = Overlay(base, head, sorted(change.path for change in data), [_printable(path) for path in left])
    _write(made, data, contents, out, objects)
    return made


def read(folder: Path) -> Overlay | None:
    """What a tree was made of; None for one that is no overlay."""
    path = folder / RECORD
    return Overlay(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _checked(data: list[Change], objects: Objects) -> dict[str, bytes]:
    """The contents of the files to take. Raises OverlayError for what is not a small regular file."""
    wanted = [change for change in data if change.new_mode != NOTHING]
    problems = [
        phrase(REFUSED_KIND, path=change.path, kind=KINDS.get(change.new_mode, change.new_mode))
        for change in wanted
        if change.new_mode != FILE
    ]
    if problems:
        raise OverlayError("\n".join(problems))
    sizes = objects.sizes([change.new for change in wanted])
    for change, size in zip(wanted, sizes, strict=True):
        if size > LARGEST:
            problems.append(phrase(REFUSED_SIZE, path=change.path, n=size, limit=LARGEST))
    if len(data) > MOST_FILES or sum(sizes) > MOST_BYTES:
        problems.append(phrase(REFUSED_TOO_MANY, n=len(data)))
    if problems:
        raise OverlayError("\n".join(problems))
    contents = objects.content(sorted({change.new for change in wanted}))
    return {change.path: contents[change.new] for change in wanted}


def _write(made: Overlay, data: list[Change], contents: dict[str, bytes], out: Path, objects: Objects) -> None:
    if out.exists() and not (out / RECORD).exists():
        raise OverlayError(f"{out}: exists and is no overlay; remove it or give another OUT=")
    partial = out.with_name(f"{out.name}.partial")
    _remove(partial)
    objects.extract(made.base, partial)
    for change in data:
        file = partial / change.path
        if change.path not in contents:
            file.unlink()
            _prune(file.parent)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(contents[change.path])
    share_cache(partial, objects.root)
    (partial / RECORD).write_text(json.dumps(asdict(made), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _remove(out)
    partial.rename(out)


def share_cache(folder: Path, root: Path) -> None:
    """The work tree's virtualenv and state serve in a tree made from it."""
    cache, lock = root / ".cache", folder / "requirements.lock"
    cache.mkdir(exist_ok=True)
    (folder / ".cache").symlink_to(cache.resolve())
    if lock.exists():
        os.utime(lock, (0, 0))  # make compares times, and must not build the shared virtualenv anew from here


def _prune(folder: Path) -> None:
    """An institution whose files all went has no folder: the loader refuses an empty one."""
    while not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        raise OverlayError(f"{folder}: is a symbolic link")
    if folder.exists():
        shutil.rmtree(folder)


def _printable(path: str) -> str:
    return plain(path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.overlay", description=__doc__)
    parser.add_argument("--base", default=os.environ.get("BASE") or "origin/main", help="the revision whose code runs")
    parser.add_argument("--pull-request", default=os.environ.get("PR"), help="the revision proposed, already fetched")
    parser.add_argument("--out", default=os.environ.get("OUT") or DEFAULT, help="the folder to make, in the repository")
    arguments = parser.parse_args()
    ref, token = os.environ.get("FETCH"), os.environ.pop("FORGE_TOKEN", "")
    if not (arguments.pull_request or ref):
        parser.error("PR= is missing: the revision that is proposed")
    try:
        fetched = Objects().fetch(ref, token) if ref else ""
        made = overlay(arguments.base, arguments.pull_request or fetched, Path(arguments.out))
    except (GitError, OverlayError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{arguments.out}: {made.base[:12]} + {len(made.taken)} files of {made.head[:12]}")
    if made.left:
        print(phrase(LEFT, paths=", ".join(made.left)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
