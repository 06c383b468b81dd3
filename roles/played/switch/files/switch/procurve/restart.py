"""A restart with the saved configuration: at once, or scheduled."""

from dataclasses import dataclass

from ..machine import Switch


@dataclass(frozen=True)
class Reload:
    """Pending: at `deadline` the switch starts again with what is saved, unless anybody calls it off."""

    minutes: int
    deadline: float

    def expire(self, switch: Switch) -> None:
        switch.restart()


def schedule(switch: Switch, minutes: int) -> None:
    """A later one replaces the one before."""
    switch.pending = Reload(minutes, switch.after(minutes))


def words(minutes: int) -> str:
    return f"{minutes // 1440} days, {minutes // 60 % 24} hours, {minutes % 60} minutes"
