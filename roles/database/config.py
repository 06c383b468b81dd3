"""What a database server serves, from the inventory."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from inventory.model import Administration, Machine

VERSION = 17  # Debian 13's PostgreSQL
CLUSTER = f"/etc/postgresql/{VERSION}/main"
PROGRAMS = f"/usr/lib/postgresql/{VERSION}/bin"
UNIT = f"postgresql@{VERSION}-main.service"


@dataclass(frozen=True)
class Tenant:
    """An application's role and database, both of its name, and the one address that may use them."""

    name: str
    host: str
    address: IPv4Address


@dataclass(frozen=True)
class DatabaseConfig:
    """One database server."""

    address: IPv4Address
    tenants: tuple[Tenant, ...]


def config_of(administration: Administration, machine: Machine) -> DatabaseConfig:
    """What this machine serves: the databases of the applications that name it."""
    return DatabaseConfig(
        address=machine.address,
        tenants=tuple(
            Tenant(application.application, application.host, administration.machine(application.host).address)
            for application in administration.applications.values()
            if application.database == machine.name
        ),
    )
