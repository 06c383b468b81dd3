"""A restart with the saved configuration: at once, or scheduled (`schedule reboot`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..machine import Switch

if TYPE_CHECKING:
    from .cli import Session

# VRP compares what runs with what is saved, and asks. With `y` the restart would bring what it is there to undo.
SAVE_FIRST = (
    "Warning: The current configuration will be saved to the next startup saved-configuration file. Continue? [Y/N]:"
)


@dataclass(frozen=True)
class Reboot:
    """Pending: at `deadline` the switch starts again with what is saved, unless anybody calls it off."""

    minutes: int
    at: datetime
    deadline: float

    def expire(self, switch: Switch) -> None:
        switch.restart()


def schedule(session: Session, minutes: str) -> str:
    """Ask, and then have it pending; a later one replaces the one before."""
    switch, at = session.switch, datetime.now(UTC) + timedelta(minutes=int(minutes))

    def confirmed() -> str:
        switch.pending = Reboot(int(minutes), at, switch.after(int(minutes)))
        return ""

    def confirm() -> str:
        hours, left = divmod(int(minutes), 60)
        when = f"{at:%H:%M:%S %Y/%m/%d} UTC (in {hours} hours and {left} minutes)"
        session.ask(f"Reboot system at {when}\nconfirm?[Y/N]:", confirmed)
        return ""

    if switch.saved == switch.personality.dump(switch.config):
        return confirm()
    session.ask(SAVE_FIRST, lambda: (switch.save(), confirm())[1], otherwise=confirm)
    return ""


def call_off(session: Session) -> str:
    session.switch.pending = None
    return ""


def shown(switch: Switch) -> str:
    pending = switch.pending
    if pending is None:
        return "Info: There is no scheduled reboot."
    hours, left = divmod(pending.minutes, 60)
    return f"Info: System will reboot at {pending.at:%H:%M:%S %Y/%m/%d} UTC (in {hours} hours and {left} minutes)."


def now(session: Session) -> str:
    def restart() -> str:
        session.switch.restart()
        return ""

    def confirm() -> str:
        session.ask("System will reboot! Continue?[Y/N]:", restart)
        return ""

    told = "Info: The system is now comparing the configuration, please wait."
    if session.switch.saved == session.switch.personality.dump(session.switch.config):
        confirm()
        return told
    session.ask(
        "Warning: All the configuration will be saved to the configuration file for the next startup:, Continue?[Y/N]:",
        lambda: (session.switch.save(), confirm())[1],
        otherwise=confirm,
    )
    return told
