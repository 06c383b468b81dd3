"""One change of one device: fetch, compare, arm its guard, send, verify, confirm, save, and prove that it is saved.

It can be run again at any point: a run that died in the middle is undone by the device, or completed by the next one.
"""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass, replace

from netmiko import BaseConnection
from netmiko.exceptions import ReadException, ReadTimeout

from inventory.masking import masked
from roles.network.dialogue import DialogueError
from roles.network.guard import Ask, Guard
from roles.network.plan import Plan
from roles.network.plan import plan as compare
from roles.network.planner import Part
from roles.network.platform import Platform
from roles.network.remediation import ours, same, sections
from roles.network.shown import Host, Show

Login = Callable[[], AbstractContextManager[BaseConnection]]


CUT = 1.0  # seconds without an echo after which a session is taken for cut


class ChangeError(Exception):
    """A device is not as it must be; the message says what is wrong and what was left undone."""


@dataclass(frozen=True)
class Target:
    """What a device must be: its configuration, and what its show commands must then say."""

    platform: Platform
    intended: str
    problems: Callable[[Show], list[str]]
    patience: float  # seconds until what must come by itself (a BGP session) has come
    routers: frozenset[str] = frozenset()  # of a switch: the ports on the cables of routers of ours
    console: bool = False  # whether it is changed past the network


@dataclass(frozen=True)
class Outcome:
    """What was done, or in a plan what would be.

    `lines` are as people may see them; `why` has the reason of each; `management`: whether some of them touch our own
    way in.
    """

    lines: tuple[str, ...]
    saved: bool
    unmanaged: tuple[str, ...]
    why: tuple[str, ...] = ()
    management: bool = False

    @property
    def changed(self) -> bool:
        return bool(self.lines) or self.saved


def plan(connection: BaseConnection, target: Target) -> Outcome:
    """What `apply` would do. It sends nothing but show commands. Raises ChangeError where it must not be done."""
    return _outcome(connection, target, _planned(connection, target))


def apply(
    connection: BaseConnection,
    target: Target,
    expected: tuple[str, ...] | None = None,
    login: Login | None = None,
) -> Outcome:
    """Make the device what it must be. Raises ChangeError; nothing is saved that was not verified.

    Where `expected` is given, a device that needs other lines than these is sent nothing. `login` opens a new session:
    where the management path was touched, the present one proves nothing.
    """
    planned = _planned(connection, target)
    outcome = _outcome(connection, target, planned)
    if expected is not None and planned.shown not in (expected, ()):
        raise ChangeError(f"not what was planned, so nothing was sent: {_on_one_line(planned.shown)}")
    guard = target.platform.guard
    if guard and outcome.changed and guard.waiting(connection, _asker(connection, target.platform)):
        raise ChangeError(
            "an earlier change waits for its end: the device goes back by itself in minutes; run again then"
        )
    with ExitStack() as sessions:
        if planned.lines and guard:
            connection = _Guarded(connection, target, planned, guard, login, sessions).change()
        elif planned.lines:
            _send(connection, target.platform, planned.texts)
            _prove(connection, target)
        else:
            _verify(connection, target)
        if outcome.saved or target.platform.startup is None:
            _save(connection, target)
    return outcome


class _Guarded:
    """A change from which the device goes back by itself unless it is confirmed in time."""

    def __init__(
        self,
        connection: BaseConnection,
        target: Target,
        planned: Plan,
        guard: Guard,
        login: Login | None,
        sessions: ExitStack,
    ) -> None:
        self.connection, self.target, self.planned, self.guard = connection, target, planned, guard
        self.login, self.sessions = login, sessions
        self.before = ""  # what ran, where the guard needs it

    def change(self) -> BaseConnection:
        """Send, verify, confirm; returns the session that is good now. Raises ChangeError: the device is as before."""
        platform = self.target.platform
        if self.guard.from_saved:
            self.before = _nothing_unsaved(self.connection, platform)
        try:
            if needed := self.planned.part(Part.GUARD):
                _send(self.connection, platform, needed)
            self.guard.arm(self.connection)
        except Exception as error:
            raise ChangeError(f"the guard was not armed, so nothing was sent: {_message(error)}") from error
        try:
            for part in sorted({line.part for line in self.planned.lines} - {Part.GUARD}):
                self._send(part)
            _prove(self.connection, self.target)
            self.guard.confirm(self.connection, _asker(self.connection, platform))
        except Exception as error:
            said = _message(error).removesuffix("; nothing was saved")
            raise ChangeError(f"{said}; {self._go_back()}") from error
        return self.connection

    def _send(self, part: Part) -> None:
        cut = False  # by what was written at once, perhaps; never over a console
        patience = self.guard.read_timeout if self.planned.first else CUT
        for at_once, lines in self.planned.writes(part):
            if cut and self.login and not self.planned.first:
                self.connection = self._again(self.login)
            cut = at_once
            if at_once:
                _write_at_once(self.connection, lines, self.target.platform.finish, patience)
            else:
                _send(self.connection, self.target.platform, lines)
        if part.ours and self.login:
            self.connection = self._again(self.login)

    def _again(self, login: Login) -> BaseConnection:
        """A new session, by the way that everybody else comes."""
        deadline = time.monotonic() + self.guard.patience
        while True:
            try:
                return self.sessions.enter_context(login())
            except Exception as error:
                if time.monotonic() > deadline:
                    raise ChangeError(f"nobody gets in any more: {_message(error)}") from error
                time.sleep(0.2)

    def _go_back(self) -> str:
        """Have the device undo the change now if it hears us; it does so by itself otherwise."""
        for session in (lambda: nullcontext(self.connection), self.login):
            try:
                if session and self._reverted(self.sessions.enter_context(session())):
                    return "the device is as it was before; nothing was saved"
            except Exception:  # noqa: S112 the session is what failed: the device's own timer is there for that
                continue
        return f"the device goes back by itself within {self.guard.minutes} minutes; nothing was saved"

    def _reverted(self, connection: BaseConnection) -> bool:
        ask = _asker(connection, self.target.platform)
        return self._taken_back(connection) if self.guard.from_saved else self.guard.revert(connection, ask)

    def _taken_back(self, connection: BaseConnection) -> bool:
        """Undo the lines, and call the restart off only once the device runs what it ran."""
        platform, ask = self.target.platform, _asker(connection, self.target.platform)
        connection.find_prompt()  # a session that is cut is known by that in seconds; a configuration may take a minute
        back = compare(platform, ask(platform.running), ours(platform, self.before))
        if back.lines:
            _send(connection, platform, back.texts)
        if not same(platform, ask(platform.running), self.before):
            return False
        self.guard.confirm(connection, ask)
        return True


def _nothing_unsaved(connection: BaseConnection, platform: Platform) -> str:
    """What runs. Raises ChangeError where a restart would lose some of it."""
    running = _ask(connection, platform, platform.running)
    saved = _ask(connection, platform, platform.startup) if platform.startup else running
    if not same(platform, running, saved) and not _new(platform, running, saved):
        raise ChangeError(
            "it runs what is not saved, and its guard is a restart with what is saved: save or undo that first; "
            "nothing was sent"
        )
    return running


def _new(platform: Platform, running: str, saved: str) -> bool:
    """Whether it never saved anything and has no address: a restart leaves it as the factory made it, as it is."""
    nothing = platform.nothing_saved is not None and re.search(platform.nothing_saved, saved) is not None
    view = platform.switch.view(sections(platform, running)) if platform.switch else None
    return nothing and view is not None and not view.fixed.addresses


def _write_at_once(connection: BaseConnection, lines: Sequence[str], finish: str | None, patience: float) -> None:
    """Type all lines in one go, and wait for the echo of the last, which never comes where the session is cut.

    What is sent before it came would be read in the mode of a line that still waits.
    """
    connection.config_mode()
    connection.write_channel("".join(f"{line}\n" for line in (*lines, finish) if line))
    with suppress(ReadTimeout, ReadException, OSError, EOFError):
        connection.read_until_pattern(rf"[\])][#]? ?{finish or ''}\s", read_timeout=patience)


def _planned(connection: BaseConnection, target: Target) -> Plan:
    platform = target.platform

    def hosts() -> list[Host]:
        if platform.switch is None:
            return []
        learned = platform.switch.hosts(_ask(connection, platform, platform.switch.mac_table))
        return [replace(host, ours=host.port in target.routers) for host in learned]

    running = _ask(connection, platform, platform.running)
    planned = compare(platform, running, target.intended, hosts, target.console)
    if planned.refused:
        raise ChangeError(f"refused, and nothing was sent: {planned.refused}")
    return planned


def _outcome(connection: BaseConnection, target: Target, planned: Plan) -> Outcome:
    saved = bool(planned.lines) or bool(_unsaved(connection, target))
    management = any(line.part.ours for line in planned.lines)
    return Outcome(planned.shown, saved, planned.unmanaged, planned.why, management)


def _save(connection: BaseConnection, target: Target) -> None:
    save = target.platform.save
    try:
        save.hold(connection)
    except DialogueError as error:
        raise ChangeError(f"verified, but not saved: {error}") from error
    if left := _unsaved(connection, target):
        raise ChangeError(f"`{save.command}` was accepted, but the startup configuration lacks: {_on_one_line(left)}")


def _unsaved(connection: BaseConnection, target: Target) -> tuple[str, ...]:
    """What a restart would lose; nothing where the device cannot show it."""
    startup, unsaid = target.platform.startup, target.platform.unsaid
    if startup is None:
        return ()
    saved = _ask(connection, target.platform, startup)
    if unsaid:  # it does not tell
        secret = (line for line in target.intended.splitlines() if re.fullmatch(unsaid.line, line))
        saved = "\n".join([saved, *map(masked, secret), ""])  # as what runs reads, which it tells
    return compare(target.platform, saved, target.intended).shown


def _on_one_line(lines: tuple[str, ...]) -> str:
    return " / ".join(line.strip() for line in lines)


def _message(error: BaseException) -> str:
    return masked(" ".join(str(error).split())) or type(error).__name__


def _ask(connection: BaseConnection, platform: Platform, command: str) -> str:
    """What the device answers, without what it logs meanwhile; of what it runs, also what it does not show there."""
    answer = str(connection.send_command(command, read_timeout=60))
    answer = re.sub(platform.logged, "", answer, flags=re.MULTILINE) if platform.logged else answer
    if platform.unsaid is None or command != platform.running:
        return answer
    return "\n".join([answer, *platform.unsaid.lines(_ask(connection, platform, platform.unsaid.command)), ""])


def _asker(connection: BaseConnection, platform: Platform) -> Ask:
    return lambda command: _ask(connection, platform, command)


def _send(connection: BaseConnection, platform: Platform, lines: tuple[str, ...]) -> None:
    """Send lines up to the first that is refused, and leave configuration mode whatever happens."""
    options = {"read_timeout": platform.guard.read_timeout} if platform.guard else {}
    try:
        # Our banners are one line each: netmiko need not send them, and all the others with them, without looking.
        connection.send_config_set(
            lines, error_pattern=platform.error, exit_config_mode=False, bypass_commands="", **options
        )
    finally:
        connection.exit_config_mode()
        connection.set_base_prompt()  # the host name may be new


def _prove(connection: BaseConnection, target: Target) -> None:
    """Compare again, and verify."""
    left = compare(target.platform, _ask(connection, target.platform, target.platform.running), target.intended).shown
    if left:
        raise ChangeError(f"sent, but the device still lacks: {_on_one_line(left)}; nothing was saved")
    _verify(connection, target)


def _verify(connection: BaseConnection, target: Target) -> None:
    """Wait until the show commands say that all is well."""
    deadline = time.monotonic() + target.patience
    while problems := target.problems(lambda line: _ask(connection, target.platform, line)):
        if time.monotonic() > deadline:
            raise ChangeError(f"not as it must be: {'; '.join(problems)}; nothing was saved")
        time.sleep(1)
