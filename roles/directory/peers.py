"""What a controller must know of the others while it is deployed. Asked over their own connections, never guessed."""

from collections.abc import Mapping

from pyinfra import inventory

from roles.directory.config import ControllerConfig
from roles.directory.facts import Provisioned


class UnknownDomainError(Exception):
    """Whether the domain exists cannot be told, so that it must not be founded."""


def reached(name: str) -> bool:
    """Whether a controller is part of this run, and answers."""
    other = inventory.get_host(name, None)
    return other is not None and bool(other.connected)


def provisioned(name: str) -> bool | None:
    """Whether another controller has the domain; None where it cannot be asked."""
    if not reached(name):
        return None
    return bool(inventory.get_host(name).get_fact(Provisioned))


def founds(cfg: ControllerConfig, others: Mapping[str, bool | None]) -> bool:
    """Whether a controller without a domain founds it, rather than join the others. Raises UnknownDomainError.

    Two domains of one name cannot be mended: only the first of the inventory founds, and only where all others say
    that they have none.
    """
    if not cfg.first or any(others.values()):
        return False
    if silent := [name for name, has in others.items() if has is None]:
        who = ", ".join(silent)
        raise UnknownDomainError(
            f"whether {cfg.realm} exists already is for {who} to say: deploy {cfg.name} together with {who}, "
            "or take what is lost for good out of the inventory"
        )
    return True


def writes(cfg: ControllerConfig) -> bool:
    """Whether this is the one controller that a run writes to: the first that it reaches."""
    return next((name for name in cfg.controllers if reached(name)), cfg.name) == cfg.name
