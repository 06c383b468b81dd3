"""The commands of user and privileged mode that all have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..grammar import command
from ..machine import Switch
from . import rollback, shows

if TYPE_CHECKING:
    from .cli import Session

ATTEMPTS = 3  # at the enable secret
SAVED = "Building configuration...\n[OK]"

Show = Callable[[Switch], str]


def nothing(*_: object) -> str:
    """A command that changes nothing which is played."""
    return ""


def _enable(session: Session) -> str:
    if session.privileged or session.switch.enable is None:
        session.privileged = True
        return ""
    return _ask_secret(session, 1)


def _ask_secret(session: Session, attempt: int) -> str:
    def answered(secret: str) -> str:
        if secret == session.switch.enable:
            session.privileged = True
            return ""
        return "% Bad secrets\n" if attempt == ATTEMPTS else _ask_secret(session, attempt + 1)

    return session.ask("Password: ", answered, hidden=True)


def _disable(session: Session) -> str:
    session.privileged = False
    return ""


def _configure_terminal(session: Session) -> str:
    session.configuring = True
    return "Enter configuration commands, one per line.  End with CNTL/Z."


def _configure_guarded(session: Session, minutes: str) -> str:
    where = rollback.arm(session.switch, session.user, int(minutes))
    copied = f"Rollback Confirmed Change: Backing up current running config to {where}\n\n"
    return copied + _configure_terminal(session)


def _confirm(session: Session) -> str:
    rollback.confirm(session.switch, session.user)
    return ""


def _revert_now(session: Session) -> str:
    rollback.revert(session.switch, session.user)
    return "!Pass 1\n\nTotal number of passes: 1\nRollback Done"


def _close(session: Session) -> str:
    session.closed = True
    return ""


def _save(session: Session) -> str:
    session.switch.save()
    return SAVED


def _ask_destination(session: Session) -> str:
    return session.ask("Destination filename [startup-config]? ", lambda _name: _save(session))


def shown(render: Show) -> Callable[[Session], str]:
    """A command that shows something."""
    return lambda session: render(session.switch)


EXEC = [
    command("enable", _enable),
    command("disable", _disable),
    command("exit", _close),
    command("logout", _close),
    command("quit", _close),
    command("terminal length <number>", nothing),
    command("terminal width <number>", nothing),
    command("configure terminal", _configure_terminal),
    command("configure terminal revert timer <number>", _configure_guarded),
    command("configure confirm", _confirm),
    command("configure revert now", _revert_now),
    command("show archive config rollback timer", shown(shows.rollback_timer)),
    command("write memory", _save),
    command("write", _save),
    command("copy running-config startup-config", _ask_destination),
    command("show running-config", shown(shows.running_config)),
    command("show startup-config", shown(shows.startup_config)),
    command("show snmp user", shown(shows.snmp_users)),
]
UNPRIVILEGED = {
    *((word,) for word in ("enable", "exit", "logout", "quit")),
    *(("terminal", word) for word in ("length", "width")),
    ("show", "version"),
}
