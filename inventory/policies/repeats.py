"""Lists where a value stands once."""

from collections.abc import Iterator, Sequence

from inventory.model.institution import AGENTS


def repeated(values: Sequence[str]) -> Iterator[int]:
    """The places of values that were there before."""
    seen = set()
    for index, value in enumerate(values):
        if value in seen:
            yield index
        seen.add(value)


def covered(groups: Sequence[str]) -> Iterator[int]:
    """The places of groups that change nothing: everybody of their institution is admitted already, or they are."""
    everybody = {group.removesuffix(AGENTS) for group in groups if group.rpartition("/")[2] == AGENTS}
    twice = set(repeated(groups))
    for index, group in enumerate(groups):
        place, slash, name = group.rpartition("/")
        if index in twice or (name != AGENTS and f"{place}{slash}" in everybody):
            yield index
