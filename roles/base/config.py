"""What the base of a machine follows from."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from inventory.model import Administration, Machine
from inventory.model.site import Capability
from roles.common import Port

ASKS: frozenset[Capability] = frozenset({"applications", "files", "mail"})  # the directory, for its own users


@dataclass(frozen=True)
class OpenPort:
    """A port of the firewall with the addresses that may reach it."""

    protocol: str
    number: int | str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class BaseConfig:
    domain: str
    resolvers: tuple[IPv4Address, ...]
    watched: tuple[IPv4Address, ...]  # the controllers, where this machine asks them who somebody is
    ports: tuple[OpenPort, ...]


def base_config(administration: Administration, machine: Machine, ports: list[Port]) -> BaseConfig:
    """The controllers serve names to everybody; a controller asks itself first."""
    controllers = sorted(administration.running("directory"), key=lambda c: c.name != machine.name)
    return BaseConfig(
        domain=administration.platform.domain,
        resolvers=tuple(controller.address for controller in controllers),
        watched=tuple(controller.address for controller in controllers if ASKS.intersection(machine.runs)),
        ports=tuple(_open(administration, port) for port in ports),
    )


def _open(administration: Administration, port: Port) -> OpenPort:
    if port.source == "administration":
        sources = tuple(str(prefix) for prefix in administration.platform.prefixes)
    else:
        sources = tuple(str(machine.address) for machine in administration.running(port.source))
    return OpenPort(port.protocol, port.number, sources)
