"""A change rehearsed on real machines: `make rehearse BASE=main`.

The base is deployed in the lab and verified, then the work tree on top of it, as production will live it: not from
nothing, but as a change to what runs. The report says what changed, and which checks passed before and fail now.
The lab is left as the work tree says. Written to .cache/rehearsal: report.md, report.json, and each run's output.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic

from deploys.overlay import share_cache
from deploys.report import report
from deploys.review import markdown, planned
from deploys.review.content import BaseError
from deploys.review.git import ROOT, GitError, Objects
from deploys.review.phrases import (
    REHEARSAL_AGAIN,
    REHEARSAL_BROKEN,
    REHEARSAL_CHANGED,
    REHEARSAL_FAILED,
    REHEARSAL_GONE,
    REHEARSAL_MENDED,
    REHEARSAL_NEW_FAILING,
    REHEARSAL_NOTHING_BROKEN,
    REHEARSAL_PHASES,
    REHEARSAL_STILL,
    REHEARSAL_TESTS,
    REHEARSAL_TITLE,
    THE_BASE,
    THE_CHANGE,
)
from deploys.review.words import Said, phrase, plain, sentence
from inventory.model import InventoryError

FOLDER = ROOT / ".cache" / "rehearsal"
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
CHANGES = 2  # exit status of a plan that holds changes

_PHASE = re.compile(r"^(?P<name>\S.*?) +(?P<seconds>\d+\.\d)$")
_FAILED_PHASE = re.compile(r"^(?P<name>.+) failed \(exit status \d+\)$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """One tree deployed and verified: its tests by name, how long each phase took, the phase that failed."""

    status: int
    seconds: float
    phases: Mapping[str, float] = field(default_factory=dict)
    failed: str = ""
    tests: Mapping[str, str] = field(default_factory=dict)

    @property
    def verified(self) -> bool:
        """Whether it came as far as its tests, well or not."""
        return bool(self.tests)


@dataclass(frozen=True)
class Rehearsal:
    """What the change did and what it broke."""

    base: str
    before: Run
    after: Run | None = None
    summary: str = ""
    changes: int | None = None  # planned on top of the base; None where it could not be planned
    hosts: Sequence[str] = ()
    again: bool | None = None  # whether a second deploy changed nothing

    def named(self, was: str | None, now: str | None) -> list[str]:
        """The tests that went from one outcome to another; None is absence."""
        if self.after is None or not self.after.verified:
            return []
        before, after = self.before.tests, self.after.tests
        return sorted(t for t in before.keys() | after.keys() if before.get(t) == was and after.get(t) == now)

    @property
    def broken(self) -> list[str]:
        """What passed before the change and fails with it."""
        return self.named(PASSED, FAILED)

    @property
    def well(self) -> bool:
        after = self.after
        return bool(
            after and after.verified and not self.broken and not self.named(None, FAILED) and self.again is not False
        )


def rehearse(base: str) -> Rehearsal:
    """Do it. Raises GitError, BaseError or InventoryError before anything is touched."""
    objects = Objects()
    sha = objects.commit(base)
    told = report(base)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    tree = FOLDER / "base"
    objects.extract(sha, tree)
    share_cache(tree, ROOT)
    before = run(tree, "base")
    if not before.verified:
        return Rehearsal(sha, before, summary=told.summary())
    changes, hosts = plan()
    after = run(ROOT, "change")
    again = None if after.status else _engine("deploy", "--yes", "--expect-no-changes") == 0
    return Rehearsal(sha, before, after, told.summary(), changes, hosts, again)


def run(tree: Path, name: str) -> Run:
    """Deploy and verify a tree by its own phases; what it prints is shown and kept."""
    print(f"\n── {name}: {tree}", flush=True)
    results = FOLDER / f"{name}.xml"
    options = f"{os.environ.get('PYTEST_ADDOPTS', '')} --junitxml={results}".strip()
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTEST_ADDOPTS": options}
    started, said = monotonic(), []
    with (
        (FOLDER / f"{name}.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, "-m", "deploys.phases", "lab"],
            cwd=tree,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            print(line, end="", flush=True)
            log.write(line)
            said.append(line)
    return outcome("".join(said), process.returncode, monotonic() - started, results)


def outcome(said: str, status: int, seconds: float, results: Path) -> Run:
    """What a run of `deploys.phases` printed, and its tests."""
    failed = _FAILED_PHASE.findall(said)
    tests = read_tests(results.read_text(encoding="utf-8")) if results.exists() else {}
    return Run(status, round(seconds, 1), read_phases(said), failed[-1] if failed else "", tests)


def read_phases(said: str) -> dict[str, float]:
    """The table of times at the end of a run, without its total."""
    table = said.rsplit("\nphase ", 1)
    if len(table) < 2:
        return {}
    found = {}
    for line in table[1].splitlines()[1:]:
        match = _PHASE.match(line)
        if match is None or match["name"] == "total":
            break
        found[match["name"]] = float(match["seconds"])
    return found


def read_tests(junit: str) -> dict[str, str]:
    """Each test's outcome from pytest's own report. A test with an error in its setup or teardown failed."""
    found: dict[str, str] = {}
    for case in ET.fromstring(junit).iter("testcase"):  # noqa: S314  pytest on this machine wrote it
        name = f"{case.get('classname')}::{case.get('name')}"
        kinds = {child.tag for child in case}
        result = FAILED if kinds & {"failure", "error"} else SKIPPED if "skipped" in kinds else PASSED
        if found.get(name) != FAILED:
            found[name] = result
    return found


def plan() -> tuple[int | None, list[str]]:
    """How many changes the work tree means for the machines as the base left them, and which machines."""
    path = FOLDER / "plan.json"
    if _engine("plan", "--out", str(path)) not in (0, CHANGES) or not path.exists():
        return None, []
    found = planned.read(path)
    return len(found.changes), sorted({step.host for step in found.changes})


def _engine(*arguments: str) -> int:
    command = [sys.executable, "-m", "deploys.engine", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def as_markdown(found: Rehearsal) -> str:
    """The report for a pull request."""
    parts = [f"### {phrase(REHEARSAL_TITLE, base=Said(markdown.code(found.base[:12])))}"]
    if not found.before.verified:
        parts.append(sentence(REHEARSAL_FAILED, where=Said(phrase(THE_BASE)), phase=found.before.failed or "?"))
    elif found.after is None or not found.after.verified:
        phase = found.after.failed if found.after else ""
        parts.append(f"**{sentence(REHEARSAL_FAILED, where=Said(phrase(THE_CHANGE)), phase=phase or '?')}**")
    else:
        parts.append(found.summary)
        hosts = ", ".join(markdown.code(host) for host in found.hosts) or "-"
        if found.changes is not None:
            parts.append(sentence(REHEARSAL_CHANGED, n=found.changes, hosts=Said(hosts)))
        passed = sum(result == PASSED for result in found.after.tests.values())
        parts.append(sentence(REHEARSAL_TESTS, n=passed, total=len(found.after.tests)))
        if not found.broken:
            parts.append(f"**{sentence(REHEARSAL_NOTHING_BROKEN)}**")
        lists = (
            (REHEARSAL_BROKEN, found.broken),
            (REHEARSAL_NEW_FAILING, found.named(None, FAILED)),
            (REHEARSAL_STILL, found.named(FAILED, FAILED)),
            (REHEARSAL_MENDED, found.named(FAILED, PASSED)),
            (REHEARSAL_GONE, found.named(PASSED, None)),
        )
        for forms, tests in lists:
            if tests:
                items = "\n".join(f"- {markdown.code(test)}" for test in tests)
                parts.append(f"**{phrase(forms, n=len(tests))}**\n\n{items}")
        if found.again is False:
            parts.append(f"**{sentence(REHEARSAL_AGAIN)}**")
    rows = [
        f"| {side} | {markdown.code(name)} | {seconds:.1f} |"
        for side, done in (("base", found.before), ("+", found.after))
        if done
        for name, seconds in [*done.phases.items(), ("total", done.seconds)]
    ]
    parts.append("\n".join([f"| | {phrase(REHEARSAL_PHASES)} | s |", "|---|---|---:|", *rows]))
    return "\n\n".join(parts) + "\n"


def as_data(found: Rehearsal) -> dict[str, object]:
    """The report for machines."""
    return {
        "format": 1,
        **asdict(found),
        "well": found.well,
        "broken": found.broken,
        "new_failing": found.named(None, FAILED),
        "mended": found.named(FAILED, PASSED),
        "still_failing": found.named(FAILED, FAILED),
        "gone": found.named(PASSED, None),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.rehearse", description=__doc__)
    parser.add_argument("--base", default=os.environ.get("BASE") or "main", help="what runs before the change")
    arguments = parser.parse_args()
    try:
        found = rehearse(arguments.base)
    except (GitError, BaseError, InventoryError, planned.PlanError) as error:
        print(plain(str(error)) if not isinstance(error, InventoryError) else error, file=sys.stderr)
        return 1
    text = as_markdown(found)
    (FOLDER / "report.md").write_text(text, encoding="utf-8")
    data = json.dumps(as_data(found), indent=1, ensure_ascii=False)
    (FOLDER / "report.json").write_text(f"{data}\n", encoding="utf-8")
    print(f"\n{text}\n{FOLDER}/report.md, report.json")
    return 0 if found.well else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\ninterrupted: the next run begins with the base again")
