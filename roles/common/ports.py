"""What a role opens in the firewall of its host."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Port:
    """A port, and who may reach it: the whole administration, who watches, or the machines that run a capability."""

    protocol: Literal["tcp", "udp"]
    number: int | str  # or a range, such as "49152-65535"
    # Or "monitoring" (bastions and monitors), "world" (everybody), "roaming" (everybody, where people read their mail
    # from outside), or a capability, such as "applications".
    source: str = "administration"
