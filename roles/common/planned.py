"""What a plan would write, so that a service can say that it would restart although the file is still the old one."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from pyinfra.api.host import Host

_planned: WeakKeyDictionary[Host, set[str]] = WeakKeyDictionary()


def will_write(host: Host, path: str) -> None:
    """Note that the plan being made writes a file."""
    _planned.setdefault(host, set()).add(path)


def would_change(host: Host, watches: Iterable[str]) -> bool:
    """Whether the plan being made writes one of these files, or a file in one of these folders."""
    written = _planned.get(host, set())
    return any(path == watch or path.startswith(f"{watch}/") for path in written for watch in watches)


def forget(host: Host) -> None:
    """The plan is made: from here on, files are what they are."""
    _planned.pop(host, None)
