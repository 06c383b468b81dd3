"""What a plan would write and start, in order: what a service then has to do is known before any of it is done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from pyinfra.api.host import Host


@dataclass
class _Planned:
    """The number of the step that writes each path last, and that starts or reloads each unit last."""

    steps: int = 0
    written: dict[str, int] = field(default_factory=dict)
    started: dict[str, int] = field(default_factory=dict)


_planned: WeakKeyDictionary[Host, _Planned] = WeakKeyDictionary()


def will_write(host: Host, path: str) -> None:
    """Note that the plan being made writes a file."""
    plan = _planned.setdefault(host, _Planned())
    plan.steps += 1
    plan.written[path] = plan.steps


def will_start(host: Host, unit: str) -> None:
    """Note that the plan being made starts, restarts or reloads a unit: it then has all that was written before."""
    plan = _planned.setdefault(host, _Planned())
    plan.steps += 1
    plan.started[unit] = plan.steps


def would_run(host: Host, unit: str) -> bool:
    """Whether the plan being made starts, restarts or reloads a unit."""
    return unit in _planned.get(host, _Planned()).started


def would_change(host: Host, watches: Iterable[str], unit: str = "") -> bool:
    """Whether the plan being made writes one of these files, or a file in one of these folders.

    Of a unit, whether it does so after it started that unit last.
    """
    plan = _planned.get(host, _Planned())
    since = plan.started.get(unit, 0)
    written = [path for path, step in plan.written.items() if step > since]
    return any(path == watch or path.startswith(f"{watch}/") for path in written for watch in watches)


def forget(host: Host) -> None:
    """The plan is made: from here on, files and units are what they are."""
    _planned.pop(host, None)
