"""PostgreSQL for the applications: a role and a database each, reached over TLS from the application's host alone."""

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.operations import files

from inventory.model import Administration, Machine
from inventory.secrets import secrets_of
from roles import common
from roles.common.health import Health
from roles.database import operations
from roles.database.config import CLUSTER, PROGRAMS, UNIT, VERSION, DatabaseConfig, config_of

PACKAGES = [f"postgresql-{VERSION}"]
OPEN_PORTS = [common.Port("tcp", 5432, source="applications")]
HEALTH = Health((UNIT,), (5432,))

CERTIFICATE = ["/etc/ssl/administration/host.crt", "/etc/ssl/administration/host.key"]
SETTINGS = f"{CLUSTER}/conf.d/administration.conf"
ACCESS_RULES = f"{CLUSTER}/pg_hba.conf"
CHECK_ACCESS_RULES = "/usr/local/sbin/check-access-rules"
UNIT_SETTINGS = f"/etc/systemd/system/{UNIT}.d/administration.conf"


@deploy("Database")
def database(administration: Administration, machine: Machine) -> None:
    """PostgreSQL, its access rules, and the role and database of each application."""
    wanted = config_of(administration, machine)
    secrets = secrets_of(administration.environment)
    common.packages(name="database: packages", names=PACKAGES)
    _server(wanted)
    for tenant in host.loop(wanted.tenants):
        password = secrets.get(f"application-{tenant.name}", "database_password")
        operations.role(name=f"database: role {tenant.name}", role=tenant.name, password=password)
        operations.database(name=f"database: {tenant.name}", database=tenant.name, owner=tenant.name)


def _server(wanted: DatabaseConfig) -> None:
    common.config_file(
        name="database: settings are valid and in place",
        template="database/administration.conf.j2",
        path=SETTINGS,
        user="postgres",
        group="postgres",
        check=f"runuser -u postgres -- {PROGRAMS}/postgres -C port -D /var/lib/postgresql/{VERSION}/main"
        " -c config_file={} >/dev/null",
        wanted=wanted,
    )
    common.config_file(
        name="database: check of access rules",
        template="database/check-access-rules",
        path=CHECK_ACCESS_RULES,
        mode="755",
        programs=PROGRAMS,
    )
    common.config_file(
        name="database: access rules are valid and in place",
        template="database/pg_hba.conf.j2",
        path=ACCESS_RULES,
        user="postgres",
        group="postgres",
        mode="640",
        check=f"runuser -u postgres -- {CHECK_ACCESS_RULES} {{}}",
        tenants=wanted.tenants,
    )
    files.directory(name="database: unit settings folder", path=UNIT_SETTINGS.rpartition("/")[0])
    common.config_file(name="database: unit settings", template="database/unit.conf", path=UNIT_SETTINGS)
    common.service(
        name="database: PostgreSQL runs with its present configuration",
        unit=UNIT,
        watches=[SETTINGS, ACCESS_RULES, UNIT_SETTINGS, *CERTIFICATE],
        reload=True,
    )
    operations.settings_in_force(name="database: every setting is in force", settings=SETTINGS)
