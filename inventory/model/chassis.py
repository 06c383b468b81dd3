"""The models of switches and edge routers that we know: whose words a model speaks, and what its ports are called.

A switch has the ports for desks and cables of copper; its slots for optical modules are not among them. A router has
the ports that it routes, and not the one that is only for its management.
"""

from dataclasses import dataclass
from typing import Literal

SwitchPlatform = Literal["cisco_ios", "huawei_vrp", "hp_procurve"]
RouterPlatform = Literal["frr", "cisco_ios"]


@dataclass(frozen=True)
class Chassis:
    """A model: its platform, and the full name of each port in the order of the front plate."""

    platform: SwitchPlatform
    ports: tuple[str, ...]


@dataclass(frozen=True)
class RouterChassis:
    """A model of router: the interfaces that it routes."""

    platform: RouterPlatform
    ports: tuple[str, ...]


def _chassis(platform: SwitchPlatform, stem: str, count: int) -> Chassis:
    return Chassis(platform, tuple(f"{stem}{number}" for number in range(1, count + 1)))


CHASSIS = {
    "catalyst-2960x-8": _chassis("cisco_ios", "GigabitEthernet1/0/", 8),
    "catalyst-2960x-24": _chassis("cisco_ios", "GigabitEthernet1/0/", 24),
    "catalyst-2960x-48": _chassis("cisco_ios", "GigabitEthernet1/0/", 48),
    "s5720-28p": _chassis("huawei_vrp", "GigabitEthernet0/0/", 24),
    "s5720-52p": _chassis("huawei_vrp", "GigabitEthernet0/0/", 48),
    "2530-24g": _chassis("hp_procurve", "", 24),
    "2530-48g": _chassis("hp_procurve", "", 48),
}

# FRR's is a Debian host, whose interfaces are called as people like.
ROUTER_CHASSIS = {
    "isr-4331": RouterChassis("cisco_ios", tuple(f"GigabitEthernet0/0/{number}" for number in range(3))),
    "c8200-1n-4t": RouterChassis("cisco_ios", tuple(f"GigabitEthernet0/0/{number}" for number in range(4))),
}
