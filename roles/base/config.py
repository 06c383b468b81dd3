"""What the base of a machine follows from."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from inventory.model import Administration, Machine
from roles.common import Port

ASKS: frozenset[str] = frozenset(
    {"applications", "files", "mail", "mailstandby", "webmail"}
)  # the directory, for its own users
ITSELF = (IPv4Address("127.0.0.1"),)
EVERYBODY = "0.0.0.0/0"


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
    """The controllers serve names to everybody; a controller asks itself first, a mail server only itself."""
    controllers = sorted(administration.running("directory"), key=lambda c: c.name != machine.name)
    return BaseConfig(
        domain=administration.platform.domain,
        resolvers=ITSELF
        if machine in administration.mail_servers
        else tuple(controller.address for controller in controllers),
        watched=tuple(controller.address for controller in controllers if ASKS.intersection(machine.runs)),
        ports=tuple(open_ for port in ports if (open_ := _open(administration, port)).sources),
    )


def _open(administration: Administration, port: Port) -> OpenPort:
    roams = port.source == "roaming" and administration.platform.mail.roaming
    if port.source == "world" or roams:
        sources: tuple[str, ...] = (EVERYBODY,)
    elif port.source in ("administration", "roaming"):
        sources = tuple(str(prefix) for prefix in administration.platform.prefixes)
    elif port.source == "monitoring":
        platform = administration.platform
        sources = tuple(dict.fromkeys(str(each) for each in (*platform.bastions.values(), *platform.monitors.values())))
    else:
        sources = tuple(str(machine.address) for machine in administration.running(port.source))
    return OpenPort(port.protocol, port.number, sources)
