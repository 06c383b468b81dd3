"""Rollback Confirmed Change: a change that goes back by itself unless who made it confirms it."""

from copy import deepcopy
from dataclasses import dataclass

from ..grammar import Refused
from ..machine import Switch
from .sections import Sections


@dataclass(frozen=True)
class Rollback:
    """Pending: at `deadline` the configuration is again what it was before, unless `user` confirms."""

    user: str
    minutes: int
    deadline: float
    before: Sections

    def expire(self, switch: Switch) -> None:
        go_back(self.before, switch)


def arm(switch: Switch, user: str, minutes: int) -> str:
    """Keep the running configuration and go back to it in time; returns where it is kept. Raises Refused."""
    if switch.config.archive is None:
        raise Refused("%Turn config archive on before using Rollback Confirmed Change")
    if switch.pending:
        raise Refused(f"%Rollback Confirmed Change is already pending, by {switch.pending.user}")
    if not 1 <= minutes <= 120:
        raise Refused("% Invalid input detected at '^' marker.")
    switch.pending = Rollback(user, minutes, switch.after(minutes), deepcopy(switch.config))
    return f"{switch.config.archive}-1"


def confirm(switch: Switch, user: str) -> None:
    _owned(switch, user)
    switch.pending = None


def revert(switch: Switch, user: str) -> None:
    go_back(_owned(switch, user).before, switch)


def go_back(before: Sections, switch: Switch) -> None:
    """Users of SNMP are in no copy of a configuration: they stay as they are."""
    before.users = switch.config.users
    switch.go_back(before)


def _owned(switch: Switch, user: str) -> Rollback:
    pending: Rollback | None = switch.pending
    if pending is None:
        raise Refused("%No Rollback Confirmed Change pending")
    if pending.user != user:
        raise Refused(f"%Rollback Confirmed Change pending belongs to {pending.user}")
    return pending
