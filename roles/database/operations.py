"""Roles and databases that converge on state, without a password on the server or on a command line."""

import shlex
from collections.abc import Generator

from pyinfra import host
from pyinfra.api import QuoteString, operation

from inventory.secrets import Secret
from roles.common.commands import Explained
from roles.common.planned import would_change
from roles.database.config import UNIT
from roles.database.facts import Databases, PendingRestart, Roles
from roles.database.scram import matches, verifier

PSQL = ("runuser", "-u", "postgres", "--", "psql", "-Xq", "-v", "ON_ERROR_STOP=1")
PSQL_TEXT = " ".join(PSQL)


@operation()
def role(role: str, password: Secret) -> Generator[Explained, None, None]:
    """
    Ensure a role that logs in with a password.

    + role: its name
    + password: its password, of which only the SCRAM verifier is sent
    """
    roles = host.get_fact(Roles)
    if password.withheld:
        yield Explained("false", changes=[f"role {role}: create, with its password"])
        return
    if matches(roles.get(role, ""), password.reveal()):
        host.noop(f"role {role} has its password")
        return
    verb = "ALTER" if role in roles else "CREATE"
    statement = f"{verb} ROLE {_identifier(role)} LOGIN PASSWORD '{verifier(password.reveal())}';\n"
    # The server logs a statement that fails with its text: not this one.
    yield Explained(
        *(*PSQL, "-f", "-"),
        changes=[f"role {role}: {'set its password' if role in roles else 'create, with its password'}"],
        _stdin=f"SET log_min_error_statement = panic;\n{statement}",
    )


@operation()
def database(database: str, owner: str) -> Generator[Explained, None, None]:
    """
    Ensure a database in UTF-8, sorted as in French, that only its owner may connect to.

    + database: its name
    + owner: the role that owns it
    """
    state = host.get_fact(Databases).get(database)
    if state and state.owner == owner and not state.public:
        host.noop(f"database {database} belongs to {owner} alone")
        return
    if not state:
        yield _statement(
            f"CREATE DATABASE {_identifier(database)} OWNER {_identifier(owner)} TEMPLATE template0"
            " ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'fr'",
            f"database {database}: create, owned by {owner}",
        )
    else:
        yield _statement(
            f"ALTER DATABASE {_identifier(database)} OWNER TO {_identifier(owner)}",
            f"database {database}: owner {owner}",
        )
    yield _statement(
        f"REVOKE ALL ON DATABASE {_identifier(database)} FROM PUBLIC", f"database {database}: closed to other roles"
    )


@operation()
def settings_in_force(settings: str) -> Generator[Explained, None, None]:
    """Ensure that no setting waits for a restart; most of them need but a reload.

    Whether new settings do is known by the server alone, once it has read them: the plan says so, and the command asks.
    """
    waits = any(host.get_fact(PendingRestart))
    if not waits and not would_change(host, [settings]):
        host.noop("every setting is in force")
        return
    waiting = "SELECT 1 FROM pg_settings WHERE pending_restart LIMIT 1"
    yield Explained(
        *("test -z", f'"$({PSQL_TEXT} -Atc {shlex.quote(waiting)})" ||', "systemctl restart", UNIT),
        changes=[f"restart {UNIT}, if a setting needs it"],
        risk="interruption",
        foreseen=False,
    )


def _statement(sql: str, says: str) -> Explained:
    return Explained(*PSQL, "-c", QuoteString(sql), changes=[says])


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
