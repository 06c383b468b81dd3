"""The one comment of a pull request: what it means, whose it is, what would change: `make comment`.

    python -m deploys.comment --base origin/main [--plan plan.json] [--out FILE] [--forge github|gitlab --number 12]

Without a forge it is printed. All may come from the environment, as CI gives them: BASE, PLAN (several, separated by
spaces), OUT, FORGE, NUMBER; AUTHOR, whose change it is; ARTIFACT_URL, where the whole plan is; FORGE_TOKEN.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploys import overlay
from deploys.report import report
from deploys.review import forge, markdown, ownership, planned
from deploys.review.content import BaseError
from deploys.review.git import ROOT, GitError
from deploys.review.markdown import Cut, Item
from deploys.review.ownership import Verdict
from deploys.review.phrases import (
    ALLOWED,
    AND_MORE,
    BASE_DOES_NOT_LOAD,
    CUT,
    CUT_ERRORS,
    CUT_HOSTS,
    CUT_OTHERS,
    CUT_RISKS,
    CUT_SENTENCES,
    CUT_SHORTENED,
    ERRORS,
    LEFT,
    NO_PLAN,
    REFUSED,
    TITLE,
    WHOLE,
)
from deploys.review.sentences import Report
from deploys.review.words import Said, phrase, sentence
from inventory.model import InventoryError

MOST_NAMES = 20


@dataclass(frozen=True)
class Parts:
    """What a comment is made of; each part may be missing."""

    report: Report | None = None
    errors: Sequence[str] = ()
    verdict: Verdict | None = None
    left: Sequence[str] = ()
    plans: Sequence[planned.Plan] = ()
    missing: Sequence[str] = ()  # plans that cannot be shown, and why
    head: str = ""  # the commit that was read


def write(parts: Parts, limit: int, link: str = "") -> str:
    """The Markdown of a comment, under the forge's limit with its marker."""
    room = limit - markdown.size(f"{forge.MARKER}\n") - 1
    return markdown.compose(list(items(parts)), room, lambda cut: note(cut, link))


def items(parts: Parts) -> Iterator[Item]:
    """The comment in the order in which it is read."""
    of = f" ({markdown.code(parts.head[:12])})" if parts.head else ""
    yield Item(0, [f"## {phrase(TITLE)}{of}"])
    if parts.errors:
        yield Item(0, [phrase(ERRORS, n=len(parts.errors))])
        for error in parts.errors:
            yield Item(2, [f"- {markdown.code(error)}"], kind="errors")
    if parts.report:
        yield Item(0, [f"**{parts.report.summary(markdown.text)}**"])
    if parts.verdict:
        mark = phrase(ALLOWED if parts.verdict.allowed else REFUSED)
        for line in parts.verdict.lines:
            yield Item(1, [f"- {markdown.text(line)}"], kind="others", heading=f"**{mark}**")
    if parts.report:
        for title, sentences in parts.report.groups(markdown.text):
            for each in sentences:
                yield Item(3, [f"- {each}"], kind="sentences", heading=f"### {title}")
    if parts.left:
        paths = ", ".join(markdown.code(path) for path in parts.left)
        short = ", ".join(markdown.code(path) for path in parts.left[:MOST_NAMES])
        forms = [sentence(LEFT, paths=Said(each)) for each in (paths, f"{short}, …")]
        yield Item(1, forms if len(parts.left) > MOST_NAMES else forms[:1], kind="others")
    for reason in parts.missing:
        yield Item(1, [f"**{sentence(NO_PLAN, markdown.text, reason=reason)}**"], kind="others")
    names = parts.report.names if parts.report else {}
    for plan in parts.plans:
        yield from planned.items(plan, names)


def note(cut: Cut, link: str) -> str:
    """What is not in the comment, and where all of it is."""
    kinds = {
        "errors": CUT_ERRORS,
        "sentences": CUT_SENTENCES,
        "risks": CUT_RISKS,
        "hosts": CUT_HOSTS,
        "others": CUT_OTHERS,
    }
    said = [
        phrase(kinds[kind], n=len(set(names)) if any(names) else len(names), names=Said(_few(names)))
        for kind, names in cut.missing.items()
    ]
    if hosts := cut.shortened.get("hosts"):
        said.append(phrase(CUT_SHORTENED, n=len(set(hosts)), names=Said(_few(hosts))))
    where = phrase(WHOLE, link=Said(link)) if link else ""
    return phrase(CUT, what=Said(", ".join(said)), where=Said(where))


def _few(names: Sequence[str]) -> str:
    known = list(dict.fromkeys(name for name in names if name))
    shown = ", ".join(markdown.code(name[:40]) for name in known[:MOST_NAMES])
    return phrase(AND_MORE, names=Said(shown)) if len(known) > MOST_NAMES else shown


def link(value: str) -> str:
    """The artifact's address, which CI gives; nothing that is not a plain https address."""
    return value if len(value) <= 500 and re.fullmatch(r"https://[\w.-]+(:\d+)?/[\w./?=&%#-]*", value, re.ASCII) else ""


def gather(base: str, paths: Sequence[Path]) -> Parts:
    """Everything that can be said of the work tree. Raises GitError."""
    made = overlay.read(ROOT)
    left, head = (made.left, made.head) if made else ((), "")
    errors, told = mistakes(), None
    try:
        told = report(base)
    except InventoryError as error:
        errors = errors or [str(problem) for problem in error.problems]
    except BaseError as error:
        errors.append(phrase(BASE_DOES_NOT_LOAD, base=base, reason=str(error)))
    verdict = ownership.verdict(made.base, made.head) if made else ownership.verdict(base, "HEAD")
    plans, missing = [], []
    for path in paths if not errors else ():
        try:
            plans.append(planned.read(path))
        except planned.PlanError as error:
            missing.append(str(error))
    return Parts(told, errors, verdict, left, plans, missing, head)


def mistakes() -> list[str]:
    """What `make validate` says of the work tree, a line each."""
    command = [sys.executable, "-m", "deploys.validate", "--quiet"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return [line for line in ran.stderr.splitlines() if line.strip()] if ran.returncode else []


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.comment", description=__doc__)
    given = os.environ.get
    parser.add_argument("--base", default=given("BASE") or "origin/main")
    parser.add_argument("--plan", default=given("PLAN", ""), help="plans and previews (JSON), separated by spaces")
    parser.add_argument("--out", default=given("OUT"), help="write it here")
    parser.add_argument("--forge", choices=["", *sorted(forge.LIMITS)], default=given("FORGE", ""))
    parser.add_argument("--number", default=given("NUMBER", ""), help="of the pull request")
    arguments = parser.parse_args()
    if arguments.forge and not re.fullmatch(r"[1-9][0-9]{0,9}", arguments.number, re.ASCII):
        parser.error("FORGE needs NUMBER, the number of the pull request")
    try:
        parts = gather(arguments.base, [Path(path) for path in arguments.plan.split()])
        body = write(parts, forge.LIMITS[arguments.forge or "github"], link(os.environ.get("ARTIFACT_URL", "")))
        if arguments.out:
            Path(arguments.out).write_text(body + "\n", encoding="utf-8")
        if arguments.forge:
            done = forge.publish(forge.from_environment(arguments.forge, int(arguments.number)), body)
            print(f"comment of {arguments.forge} #{arguments.number}: {done}")
        elif not arguments.out:
            print(body)
    except (GitError, forge.ForgeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    refused = parts.verdict is not None and not parts.verdict.allowed
    return 1 if parts.errors or parts.missing or refused else 0


if __name__ == "__main__":
    sys.exit(main())
