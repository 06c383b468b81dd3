"""How a device goes back by itself from a change that nobody confirms."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from netmiko import BaseConnection

from roles.network.dialogue import Dialogue, DialogueError

Ask = Callable[[str], str]  # a show command -> what the device answers, without what it logs meanwhile


class GuardError(Exception):
    """A guard did not do what it must; the message is what the device said."""


class Guard(Protocol):
    """On the device, and independent of every session.

    `from_saved`: going back is a restart with the saved configuration, so nothing may run that is not saved.
    """

    minutes: int  # until it goes back
    patience: float  # seconds in which a new session must be there after the management path was touched
    read_timeout: float  # seconds for one line
    from_saved: bool

    def waiting(self, connection: BaseConnection, ask: Ask) -> bool:
        """Whether a change waits for its confirmation."""

    def arm(self, connection: BaseConnection) -> None:
        """From now on the device goes back in `minutes`. Raises GuardError; nothing is armed then."""

    def confirm(self, connection: BaseConnection, ask: Ask) -> None:
        """The change stays. Raises GuardError."""

    def revert(self, connection: BaseConnection, ask: Ask) -> bool:
        """Go back now. Returns whether the device is known to be as before; otherwise its timer is there for that."""


@dataclass(frozen=True)
class RevertTimer:
    """IOS: `configure terminal revert timer`, which needs `archive` ("Configuration Rollback Confirmed Change")."""

    minutes: int = 5
    patience: float = 30.0
    read_timeout: float = 15.0
    from_saved: bool = False

    PENDING = "show archive config rollback timer"
    NONE_PENDING = "No Rollback Confirmed Change pending"
    CONFIRM = "configure confirm"

    def waiting(self, _connection: BaseConnection, ask: Ask) -> bool:
        return self.NONE_PENDING not in ask(self.PENDING)

    def arm(self, connection: BaseConnection) -> None:
        line = f"configure terminal revert timer {self.minutes}"
        prompt = rf"{re.escape(connection.base_prompt)}\S*#"
        answer = str(connection.send_command(line, expect_string=prompt, read_timeout=60))
        if not connection.check_config_mode():
            raise GuardError(f"`{line}` answered: {' '.join(answer.split())}")

    def confirm(self, connection: BaseConnection, ask: Ask) -> None:
        answer = ask(self.CONFIRM)
        if answer.strip() or self.waiting(connection, ask):
            raise GuardError(f"`{self.CONFIRM}` answered: {' '.join(answer.split())}")

    def revert(self, connection: BaseConnection, ask: Ask) -> bool:
        connection.send_command("configure revert now", expect_string=r"#\s*$", read_timeout=self.read_timeout)
        connection.set_base_prompt()  # the host name may be the old one again
        return not self.waiting(connection, ask)


@dataclass(frozen=True)
class ScheduledRestart:
    """VRP and ProCurve, which have no confirmed change: a restart with the saved configuration, called off in time.

    `none` is a pattern in what `pending` then shows.
    """

    schedule: Callable[[int], Dialogue]  # from minutes
    call_off: Dialogue
    pending: str
    none: str
    minutes: int = 5
    patience: float = 30.0
    read_timeout: float = 15.0
    from_saved: bool = True

    def waiting(self, _connection: BaseConnection, ask: Ask) -> bool:
        return re.search(self.none, ask(self.pending)) is None

    def arm(self, connection: BaseConnection) -> None:
        try:
            self.schedule(self.minutes).hold(connection)
        except DialogueError as error:
            raise GuardError(str(error)) from error
        if not self.waiting(connection, lambda command: str(connection.send_command(command))):
            raise GuardError(f"`{self.pending}` shows no restart to come")

    def confirm(self, connection: BaseConnection, ask: Ask) -> None:
        try:
            self.call_off.hold(connection)
        except DialogueError as error:
            raise GuardError(str(error)) from error
        if self.waiting(connection, ask):
            raise GuardError(f"`{self.call_off.command}` did not call the restart off")

    def revert(self, _connection: BaseConnection, _ask: Ask) -> bool:
        return False  # nobody restarts a building's switch where the lines can be taken back: change.py does that


@dataclass(frozen=True)
class RouterGuard:
    """FRR on a host of ours, which has no confirmed commit: the program that roles/router puts there.

    It is spoken to beside the CLI, in a channel of its own of the same connection.
    """

    minutes: int = 5
    patience: float = 30.0
    read_timeout: float = 15.0
    from_saved: bool = False

    ANSWERS = 60.0  # seconds: going back may start FRR anew

    def waiting(self, connection: BaseConnection, _ask: Ask) -> bool:
        return self._said(connection, "status").startswith("armed")

    def arm(self, connection: BaseConnection) -> None:
        self._said(connection, f"arm {self.minutes}")

    def confirm(self, connection: BaseConnection, _ask: Ask) -> None:
        self._said(connection, "confirm")

    def revert(self, connection: BaseConnection, _ask: Ask) -> bool:
        self._said(connection, "revert")
        return True

    def _said(self, connection: BaseConnection, words: str) -> str:
        """What the guard answers. Raises GuardError where it does not do it."""
        client = connection.remote_conn_pre
        if client is None:
            raise GuardError("the session is gone")
        _, output, errors = client.exec_command(f"guard {words}", timeout=self.ANSWERS)
        said = " ".join(f"{output.read().decode()} {errors.read().decode()}".split())
        if output.channel.recv_exit_status():
            raise GuardError(f"`guard {words}` answered: {said}")
        return said
