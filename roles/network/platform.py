"""What must be known of a platform to change its configuration safely. Knowledge is data; code is the exception."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from hier_config import HConfig
from hier_config.models import IdempotentCommandsRule, MatchRule, OrderingRule
from hier_config.platforms.driver_base import HConfigDriverBase


@dataclass(frozen=True)
class Owned:
    """A part of the configuration that is ours.

    `lines` are those of its lines that are ours; others are reported and left alone. `removed`: it goes when it is
    no longer intended. Otherwise (a physical port, a host name) it is only ours where the intention names it.
    """

    section: str
    lines: str | None = None
    removed: bool = False


@dataclass(frozen=True)
class Platform:
    """One kind of device."""

    name: str
    netmiko: str  # the name of netmiko's driver
    driver: type[HConfigDriverBase]
    owned: tuple[Owned, ...]
    ordinary: str  # lines that every such device has and that are no news
    error: str  # how it says that it did not take a line
    startup: str | None  # shows what it will start with; None where the device cannot
    refine: Callable[[HConfig, HConfig], None]  # (running, remediation): what rules cannot express

    def owner(self, section: str) -> Owned | None:
        return next((owned for owned in self.owned if re.fullmatch(owned.section, section)), None)


def replaces(*path: str) -> IdempotentCommandsRule:
    """A line that replaces the one before it: no `no` first. Its key is what the last pattern's groups match."""
    return IdempotentCommandsRule(match_rules=tuple(MatchRule(re_search=f"^{step}") for step in path))


def ordered(weight: int, *path: str) -> OrderingRule:
    """Lines that sink (weight above 0) or rise within their section."""
    return OrderingRule(match_rules=tuple(MatchRule(re_search=f"^{step}") for step in path), weight=weight)
