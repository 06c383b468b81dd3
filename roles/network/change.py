"""One change of one device: fetch, compare, send, verify, save, and prove that it is saved.

It can be run again at any point: a run that died in the middle is completed by the next one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from netmiko import BaseConnection

from roles.network.platform import Platform
from roles.network.remediation import Remediation, remediation

Show = Callable[[str], str]
SAVE, SAVED = "write memory", "[OK]"


class ChangeError(Exception):
    """A device is not as it must be; the message says what is wrong and what was left undone."""


@dataclass(frozen=True)
class Target:
    """What a device must be: its configuration, and what its show commands must then say."""

    platform: Platform
    intended: str
    problems: Callable[[Show], list[str]]
    patience: float  # seconds until what must come by itself (a BGP session) has come


@dataclass(frozen=True)
class Outcome:
    """What was done, or in a plan what would be."""

    lines: tuple[str, ...]
    saved: bool
    unmanaged: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return bool(self.lines) or self.saved


def plan(connection: BaseConnection, target: Target) -> Outcome:
    """What `apply` would do. It sends nothing but show commands."""
    found = _compare(connection, target, "show running-config")
    return Outcome(found.lines, bool(found.lines) or bool(_unsaved(connection, target)), found.unmanaged)


def apply(connection: BaseConnection, target: Target, expected: tuple[str, ...] | None = None) -> Outcome:
    """Make the device what it must be. Raises ChangeError; nothing is saved that was not verified.

    Where `expected` is given, a device that needs other lines than these is sent nothing.
    """
    planned = plan(connection, target)
    if expected is not None and planned.lines not in (expected, ()):
        raise ChangeError(f"not what was planned, so nothing was sent: {_on_one_line(planned.lines)}")
    if planned.lines:
        _send(connection, target.platform, planned.lines)
        if left := _compare(connection, target, "show running-config").lines:
            raise ChangeError(f"sent, but the device still lacks: {_on_one_line(left)}; nothing was saved")
    _verify(connection, target)
    if planned.saved or target.platform.startup is None:
        _save(connection, target)
    return planned


def _save(connection: BaseConnection, target: Target) -> None:
    answer = str(connection.send_command(SAVE, read_timeout=60))
    if SAVED not in answer:
        raise ChangeError(f"`{SAVE}` answered: {' '.join(answer.split())}")
    if left := _unsaved(connection, target):
        raise ChangeError(f"`{SAVE}` was accepted, but the startup configuration lacks: {_on_one_line(left)}")


def _unsaved(connection: BaseConnection, target: Target) -> tuple[str, ...]:
    """What a restart would lose; nothing where the device cannot show it."""
    startup = target.platform.startup
    return _compare(connection, target, startup).lines if startup else ()


def _on_one_line(lines: tuple[str, ...]) -> str:
    return " / ".join(line.strip() for line in lines)


def _compare(connection: BaseConnection, target: Target, show: str) -> Remediation:
    return remediation(target.platform, str(connection.send_command(show, read_timeout=60)), target.intended)


def _send(connection: BaseConnection, platform: Platform, lines: tuple[str, ...]) -> None:
    """Send lines up to the first that is refused, and leave configuration mode whatever happens."""
    try:
        connection.send_config_set(lines, error_pattern=platform.error, exit_config_mode=False)
    finally:
        connection.exit_config_mode()
        connection.set_base_prompt()  # the host name may be new


def _verify(connection: BaseConnection, target: Target) -> None:
    """Wait until the show commands say that all is well."""
    deadline = time.monotonic() + target.patience
    while problems := target.problems(lambda line: str(connection.send_command(line, read_timeout=30))):
        if time.monotonic() > deadline:
            raise ChangeError(f"not as it must be: {'; '.join(problems)}; nothing was saved")
        time.sleep(1)
