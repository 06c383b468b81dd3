"""Figures: one JSON line a run, kept as soon as it ends; and the table that is made of them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from statistics import median

from tests.bench.paths import RESULTS


@dataclass(frozen=True)
class Result:
    """One run of one tool over all hosts."""

    bench: str  # when the bench began
    tool: str
    round: int
    hosts: int
    wall: float
    cpu: float
    sessions: list[int]  # started by each host's sshd
    tasks: int | None
    changed: int | None
    load: float
    commit: str
    error: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure to reach."""

    text: str
    wanted: str
    measured: list[float]
    reached: Callable[[float], bool]


def keep(result: Result) -> None:
    """Append a result to .cache/bench/results.jsonl."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a") as file:
        file.write(f"{json.dumps(asdict(result))}\n")


def last() -> list[Result]:
    """The results of the last bench, whole or interrupted."""
    lines = RESULTS.read_text().splitlines() if RESULTS.exists() else []
    found = [Result(**json.loads(line)) for line in lines]
    return [result for result in found if result.bench == found[-1].bench]


def figures(results: Iterable[Result]) -> list[Figure]:
    """The figures of the issue; one that was not measured has no values."""
    good = [result for result in results if not result.error]

    def walls(tool: str) -> dict[int, float]:
        return {result.round: result.wall for result in good if result.tool == tool}

    def ratios(slow: str, fast: str) -> list[float]:
        # Of runs of the same round: what else the machine did weighs on both.
        left, right = walls(slow), walls(fast)
        return [left[number] / right[number] for number in left if number in right]

    execs = [float(count) for result in good if result.tool == "ours" for count in result.sessions]
    return [
        Figure("SSH execs a host, no-op pass", "1", [max(execs)] if execs else [], lambda value: value == 1),
        Figure("ansible-core / ours", "≥ 20", ratios("ansible", "ours"), lambda value: value >= 20),
        Figure("ansible + mitogen / ours", "≥ 5", ratios("mitogen", "ours"), lambda value: value >= 5),
        Figure("ours / floor", "≤ 3", ratios("ours", "floor"), lambda value: value <= 3),
        Figure("one host at 30 ms round trip (s)", "≤ 2.5", list(walls("rtt").values()), lambda value: value <= 2.5),
    ]


def table(results: list[Result], titles: dict[str, str]) -> str:
    """The table of a bench."""
    loads = [result.load for result in results]
    lines = [
        f"bench of {results[0].bench}, commit {results[0].commit}, {max(result.hosts for result in results)} hosts,"
        f" load {min(loads):.1f} to {max(loads):.1f}",
        "",
        f"{'no-op pass':<20}{'runs':>5}{'wall s':>9}{'min':>8}{'max':>8}{'CPU s':>8}{'execs a host':>14}{'changed':>9}"
        f"{'/ ours':>8}",
    ]
    ours = _walls(results, "ours")
    for tool, title in titles.items():
        runs = [result for result in results if result.tool == tool and not result.error]
        if not runs:
            continue
        walls = [run.wall for run in runs]
        execs = sorted({count for run in runs for count in run.sessions})
        span = str(execs[0]) if len(execs) == 1 else f"{execs[0]}-{execs[-1]}"
        changed = [run.changed for run in runs if run.changed is not None]
        against = f"{median(walls) / median(ours):>8.1f}" if ours and not tool.startswith("rtt") else f"{'':>8}"
        lines.append(
            f"{title:<20}{len(runs):>5}{median(walls):>9.2f}{min(walls):>8.2f}{max(walls):>8.2f}"
            f"{median(run.cpu for run in runs):>8.2f}{span:>14}{sum(changed) if changed else '':>9}{against}"
        )
    lines += ["", f"{'figure':<34}{'wanted':>8}{'median':>9}{'min':>8}{'max':>8}"]
    for figure in figures(results):
        lines.append(f"{figure.text:<34}{figure.wanted:>8}{_values(figure)}")
    lines += [f"{result.tool}, round {result.round}: {result.error}" for result in results if result.error]
    return "\n".join(lines)


def reached(results: list[Result]) -> bool:
    """Whether no run failed, and every figure that was measured is as wanted."""
    medians = [(figure, median(figure.measured)) for figure in figures(results) if figure.measured]
    return not any(result.error for result in results) and all(figure.reached(value) for figure, value in medians)


def _values(figure: Figure) -> str:
    values = figure.measured
    if not values:
        return "   not measured"
    middle = median(values)
    verdict = "" if figure.reached(middle) else "  MISSED"
    return f"{middle:>9.2f}{min(values):>8.2f}{max(values):>8.2f}{verdict}"


def _walls(results: list[Result], tool: str) -> list[float]:
    return [result.wall for result in results if result.tool == tool and not result.error]
