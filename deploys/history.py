"""What devices ran, and who changed it when: `python -m deploys.history [--environment lab] [--limit sw1]`."""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from inventory.model import InventoryError, load
from inventory.repository import shown
from roles.network.history import BRANCH, SUFFIX, History, HistoryError, Why, folder_of

SHORT = 12  # lines of one change that are printed without --verbose
FORMAT = "--format=%x00%at%x1f%ae%x1f%s%x1f%b%x1f"


@dataclass(frozen=True)
class Entry:
    """One commit: when, who, why, and the rest of its message; then its lines as git shows them."""

    when: datetime
    who: str
    subject: str
    plan: str
    lines: list[str]

    @property
    def heading(self) -> str:
        plan = f"  ({self.plan})" if self.plan else ""
        return f"{self.when:%Y-%m-%d %H:%M} UTC  {self.who}  {self.subject}{plan}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploys.history", description=__doc__)
    parser.add_argument("--environment", default="lab", help="lab (the default) or production")
    parser.add_argument("--limit", metavar="DEVICE", help="the lines that changed on this device")
    parser.add_argument("--number", type=int, default=20, help="how many changes (20)")
    parser.add_argument("--verbose", action="store_true", help="every line of each change")
    arguments = parser.parse_args()
    try:
        history = History(folder_of(load(arguments.environment).environment), Why(""))
        for line in told(history, arguments.limit, arguments.number, arguments.verbose):
            print(shown(line))
    except (InventoryError, HistoryError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def told(history: History, device: str | None = None, number: int = 20, verbose: bool = False) -> Iterator[str]:
    """The newest changes first: of all devices their size, of one device its lines."""
    if not history.folder.exists() or not (head := history.head()):
        raise HistoryError(f"{history.folder}: nothing is kept yet: make lan PLAN=1 begins it")
    known = [name.removesuffix(SUFFIX) for name in history.git("ls-tree", "--name-only", head).decode().split()]
    if device and device not in known:
        raise HistoryError(f"no configuration of {device} is kept (there are: {', '.join(known)})")
    what = ["-p", "--unified=0", "--no-ext-diff", "--no-color"] if device else ["--numstat"]
    paths = [f"{device}{SUFFIX}"] if device else []
    answer = history.git("log", f"--max-count={number}", FORMAT, *what, "--no-renames", BRANCH, "--", *paths).decode()
    for entry in entries(answer):
        yield entry.heading
        lines = list(_hunks(entry.lines) if device else _sizes(entry.lines))
        yield from (lines if verbose else lines[:SHORT])
        if not verbose and len(lines) > SHORT:
            yield f"    … {len(lines) - SHORT} more lines (V=1 shows them)"


def entries(answer: str) -> Iterator[Entry]:
    """What git log says, one commit after the other."""
    for text in answer.split("\0")[1:]:
        when, who, subject, body, lines = text.split("\x1f", 4)
        plan = re.search(r"^plan: \S+", body, re.MULTILINE)
        at = datetime.fromtimestamp(int(when), UTC)
        yield Entry(at, who, subject, plan[0] if plan else "", lines.strip("\n").splitlines())


def _sizes(lines: list[str]) -> Iterator[str]:
    for line in lines:
        added, removed, name = line.split("\t")
        yield f"    {name.removesuffix(SUFFIX)}: +{added} -{removed}"


def _hunks(lines: list[str]) -> Iterator[str]:
    """The lines of a diff, each group below the section that it is in."""
    begun, section = False, ""
    for line in lines:
        if line.startswith("@@ "):
            begun, section = True, line.split("@@", 2)[2].strip()
        elif begun and line[:1] in ("+", "-"):
            if section and line[1:2] == " ":
                yield f"    {section}"
            section = ""
            yield f"    {line[0]} {line[1:]}"


if __name__ == "__main__":
    sys.exit(main())
