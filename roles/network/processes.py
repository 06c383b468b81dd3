"""Work of the processor for many devices, on every core of this machine."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

FEW = 50  # for less, a process costs more than it gives

_work: list[Callable[[str], Any]] = []  # a child has what its parent had: only names and answers are carried


def side_by_side(work: Callable[[str], Any], names: Iterable[str]) -> list[Any]:
    """The answer for each name. To be called where no thread runs: a child has one of them only."""
    listed, cores = list(names), len(os.sched_getaffinity(0))
    if len(listed) < FEW or cores == 1:
        return [work(name) for name in listed]
    _work.append(work)
    try:
        with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as pool:
            return list(pool.map(_answer, listed, chunksize=-(-len(listed) // (4 * cores))))
    finally:
        _work.pop()


def _answer(name: str) -> Any:
    return _work[-1](name)
