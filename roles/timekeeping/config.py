"""Where a machine's time comes from."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from inventory.model import Administration, Machine


@dataclass(frozen=True)
class TimeConfig:
    serves: bool
    servers: tuple[str, ...]
    prefixes: tuple[IPv4Network, ...]
    sets_clock: bool


def time_config(administration: Administration, machine: Machine) -> TimeConfig:
    """The controllers serve time to everybody: Kerberos needs theirs and the clients' to agree."""
    return TimeConfig(
        serves="directory" in machine.runs,
        servers=tuple(str(c.address) for c in administration.running("directory") if c.name != machine.name),
        prefixes=tuple(administration.platform.prefixes),
        sets_clock=administration.environment.sets_clock,
    )
