"""What a plan would do so far, so that a later step of it can say what it would then find.

A service restarts because of a file that is still the old one, once, however many steps ask for it.
"""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from pyinfra.api.host import Host

WRITE, ENABLE, START = "write", "enable", "start"
VERBS = {"enable": ENABLE, "restart": START, "reload": START}  # of systemctl; restart starts too

_planned: WeakKeyDictionary[Host, list[tuple[str, str]]] = WeakKeyDictionary()  # in their order: (what, path or unit)


def will_write(host: Host, path: str) -> None:
    """Note that the plan being made writes a file."""
    _planned.setdefault(host, []).append((WRITE, path))


def will_run(host: Host, verb: str, unit: str) -> None:
    """Note that the plan being made gives a verb of systemctl to a unit."""
    if verb in VERBS:
        _planned.setdefault(host, []).append((VERBS[verb], unit))


def would_change(host: Host, watches: Iterable[str], unit: str = "") -> bool:
    """Whether the plan being made writes one of these files, or a file in one of these folders.

    Where a unit is named: since it would have started or taken up its settings.
    """
    steps = _planned.get(host, [])
    starts = [number for number, step in enumerate(steps) if step == (START, unit)]
    written = [path for what, path in steps[starts[-1] if starts else 0 :] if what == WRITE]
    return any(path == watch or path.startswith(f"{watch}/") for path in written for watch in watches)


def would_start(host: Host, unit: str) -> bool:
    """Whether the plan being made starts a unit, or makes it take up its settings."""
    return (START, unit) in _planned.get(host, [])


def would_enable(host: Host, unit: str) -> bool:
    """Whether the plan being made enables a unit."""
    return (ENABLE, unit) in _planned.get(host, [])


def forget(host: Host) -> None:
    """The plan is made: from here on, things are what they are."""
    _planned.pop(host, None)
