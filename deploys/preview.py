"""What each host would be, before and after a change: `python -m deploys.preview --base origin/main [--out FILE]`.

No host is contacted and no secret is opened: the engine says what it would tell a blank machine, once with the base's
tree and once with the work tree, and what differs is the preview. For a pull request of a stranger, the work tree is
an overlay: the code is the base's on both sides.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from pydantic import BaseModel, ValidationError

from deploys.overlay import share_cache
from deploys.review.git import ROOT, GitError, Objects
from deploys.review.phrases import PREVIEW_EMPTY
from deploys.review.planned import Line, Plan, Step
from deploys.review.words import plain, sentence

# What the engine needs of the environment, and no token of CI.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
TIMEOUT = 600
NEW = ": new file"  # what the engine says of each file of a blank machine


class CatalogueError(Exception):
    """The engine did not say what the hosts would be."""


class Told(BaseModel):
    """One step of the engine's catalogue. A line may say whose it is."""

    step: str
    lines: list[Line | str] = []
    institutions: list[str] = []

    def owned(self) -> list[Line]:
        """Its lines; where the step is of one institution, all of them are."""
        named = [name for name in self.institutions if name]
        owner = named[0] if len(named) == 1 else ""
        return [Line(text=line, institution=owner) if isinstance(line, str) else line for line in self.lines]


class Hosts(BaseModel):
    hosts: dict[str, list[Told]]


@dataclass(frozen=True)
class Catalogue:
    """What each host would be told, and why some could not be thought through."""

    hosts: dict[str, list[Told]]
    failed: dict[str, str] = field(default_factory=dict)


def catalogue(tree: Path, environment: str) -> Catalogue:
    """The engine's word on the hosts of a tree, by its own code in a process of its own. Raises CatalogueError."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "catalogue.json"
        command = [sys.executable, "-m", "deploys.engine", "catalogue", "--environment", environment, "--out", str(out)]
        inherited = {key: os.environ[key] for key in KEPT if key in os.environ}
        try:
            ran = subprocess.run(
                command,
                cwd=tree,
                env={**inherited, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                check=False,
            )
            hosts = Hosts.model_validate(json.loads(out.read_text(encoding="utf-8"))).hosts
        except subprocess.TimeoutExpired:
            raise CatalogueError(f"{tree}: no catalogue within {TIMEOUT} s") from None
        except OSError:
            said = [plain(line) for line in ran.stderr.splitlines() if line.strip()]
            raise CatalogueError(f"{tree}: no catalogue: {said[-1] if said else 'the engine said nothing'}") from None
        except (ValueError, ValidationError) as error:
            raise CatalogueError(f"{tree}: not a catalogue: {str(error).splitlines()[0]}") from None
    failed = dict(re.findall(r"^([\w.-]+): (?:cannot be planned: )?(.+)$", ran.stderr, flags=re.MULTILINE))
    return Catalogue(hosts, {host: why for host, why in failed.items() if host in hosts})


def preview(base: str, environment: str, root: Path = ROOT) -> Plan:
    """What differs between the hosts of a revision and of the work tree. Raises GitError or CatalogueError."""
    objects = Objects(root)
    sha = objects.commit(base)
    (root / ".cache").mkdir(exist_ok=True)
    before_tree = Path(tempfile.mkdtemp(prefix="preview-", dir=(root / ".cache").resolve()))
    try:
        objects.extract(sha, before_tree)
        share_cache(before_tree, root)
        with ThreadPoolExecutor(2) as pool:
            before, after = pool.map(lambda tree: catalogue(tree, environment), (before_tree, root))
    finally:
        shutil.rmtree(before_tree)
    failed = before.failed | after.failed
    return Plan(
        format=1,
        kind="preview",
        environment=environment,
        commit=sha,
        changes=[step for step in differences(before, after) if step.host not in failed],
        not_planned=failed,
    )


def differences(before: Catalogue, after: Catalogue) -> Iterator[Step]:
    """Every step that is not told in the same words, host by host in the order of the steps."""
    for host in [*before.hosts, *(host for host in after.hosts if host not in before.hosts)]:
        old, new = _numbered(before.hosts.get(host, [])), _numbered(after.hosts.get(host, []))
        for key in [*new, *(key for key in old if key not in new)]:
            was = old[key].owned() if key in old else []
            now = new[key].owned() if key in new else []
            if lines := list(_lines(was, now)):
                risk = "removal" if key not in new else ""
                yield Step(host=host, step=key[0], lines=lines, certainty="conditional", risk=risk)


def _numbered(steps: list[Told]) -> dict[tuple[str, int], Told]:
    """Steps by their name, and how many of that name came before."""
    met: Counter[str] = Counter()
    found = {}
    for step in steps:
        found[step.step, met[step.step]] = step
        met[step.step] += 1
    return found


def _lines(old: list[Line], new: list[Line]) -> Iterator[Line]:
    """The difference of two steps: file by file, or command by command.

    On a blank machine a file is told as its path, then each of its lines after a "+".
    """
    was, now = _files(old), _files(new)
    for head in [*now, *(head for head in was if head not in now)]:
        if head not in was:
            yield from _signed("+", [_head(head, new), *now[head]])
        elif head not in now:
            yield from _signed("-", [_head(head, old), *was[head]])
        elif was[head] != now[head]:
            yield Line(text=head[0].removesuffix(NEW))
            yield from _changed(was[head], now[head])


def _files(lines: list[Line]) -> dict[tuple[str, int], list[Line]]:
    met: Counter[str] = Counter()
    found: dict[tuple[str, int], list[Line]] = {}
    head = ("", 0)
    for line in lines:
        if line.text.startswith("+") and found:
            found[head].append(line.model_copy(update={"text": line.text[1:]}))
        else:
            head = (line.text, met[line.text])
            met[line.text] += 1
            found[head] = []
    return found


def _head(head: tuple[str, int], lines: list[Line]) -> Line:
    return next(line for line in lines if line.text == head[0])


def _changed(was: list[Line], now: list[Line]) -> Iterator[Line]:
    old, new = [line.text for line in was], [line.text for line in now]
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            yield from _signed("-", was[a:b])
            yield from _signed("+", now[c:d])


def _signed(sign: str, lines: list[Line]) -> Iterator[Line]:
    for line in lines:
        yield line.model_copy(update={"text": f"{sign}{line.text}"})


def text(found: Plan) -> str:
    """For a terminal."""
    lines = []
    for step in found.changes:
        lines += [f"{step.host}: {step.step}", *(f"    {plain(line.text)}" for line in step.lines)]
    lines += [f"{host}: {plain(why)}" for host, why in found.not_planned.items()]
    if found.changes:
        lines.append(f"{found.counted()}.")
    else:
        lines.append(sentence(PREVIEW_EMPTY))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.preview", description=__doc__)
    parser.add_argument("--base", default=os.environ.get("BASE") or "origin/main", help="the revision to compare with")
    parser.add_argument("--environment", default="lab")
    parser.add_argument("--out", default=os.environ.get("OUT"), help="also write it here, for make comment")
    arguments = parser.parse_args()
    try:
        found = preview(arguments.base, arguments.environment)
    except (GitError, CatalogueError) as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.out:
        Path(arguments.out).write_text(found.model_dump_json(indent=1), encoding="utf-8")
    print(text(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
