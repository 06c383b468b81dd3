"""What a switch shows of itself, free of any vendor's words. Each platform reads its own show commands into it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Show = Callable[[str], str]  # a show command -> what the device answers


@dataclass(frozen=True)
class Host:
    """A MAC address that the switch has learned: somebody is there. `ours`: on the cable of a router of ours."""

    vlan: int
    mac: str
    port: str
    ours: bool = False


@dataclass(frozen=True)
class Membership:
    """An access port is in one VLAN; a trunk has `tagged`, and `native` where frames without tag are admitted too."""

    trunk: bool
    access: int | None = None
    tagged: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Shown:
    """VLANs by number with their names; ports by their full names."""

    vlans: Mapping[int, str]
    ports: Mapping[str, Membership]
    root_of: Mapping[int, bool] = field(default_factory=dict)  # whether it is the root of a VLAN's spanning tree
