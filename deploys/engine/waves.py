"""Who is changed together: a canary before the rest, and never two hosts that stand in for each other."""

from collections.abc import Callable, Iterable


def waves(names: Iterable[str], tasks: Callable[[str], frozenset[str]], canary: str | None) -> list[list[str]]:
    """The hosts in waves, each in alphabetical order.

    `tasks` are the capabilities of a host: two hosts that share one are redundant, and never in the same wave.
    """
    remaining = sorted(names)
    found: list[list[str]] = []
    if canary in remaining:
        remaining.remove(canary)
        found.append([canary])
    while remaining:
        wave: list[str] = []
        busy: set[str] = set()
        for name in remaining:
            if busy.isdisjoint(tasks(name)):
                wave.append(name)
                busy |= tasks(name)
        remaining = [name for name in remaining if name not in wave]
        found.append(wave)
    return found
