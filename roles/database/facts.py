"""What a running PostgreSQL knows. A server that is down knows nothing: the deploy starts it before it asks again."""

from dataclasses import dataclass
from typing import Any

from pyinfra.api import FactBase, QuoteString, StringCommand


class _Query(FactBase[Any]):
    """A query on the cluster, as its superuser; its rows come one a line."""

    sql: str

    def requires_command(self) -> str:
        return "pg_isready"

    def command(self) -> StringCommand:
        return StringCommand(
            *("!", "pg_isready", "--quiet", "||", "runuser", "-u", "postgres", "--"),
            *("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", QuoteString(self.sql)),
        )


class Roles(_Query):
    """The password verifier of every role; empty for one that may not log in with a password."""

    sql = "SELECT rolname, CASE WHEN rolcanlogin THEN rolpassword END FROM pg_authid ORDER BY 1"
    default = dict[str, str]

    def process(self, output: Any) -> dict[str, str]:
        return dict(line.split("|") for line in output)


@dataclass(frozen=True)
class DatabaseState:
    """Who owns a database, and whether every role may connect to it."""

    owner: str
    public: bool


class Databases(_Query):
    """Every database of the cluster."""

    sql = (
        "SELECT datname, pg_get_userbyid(datdba), has_database_privilege('public', oid, 'CONNECT')"
        " FROM pg_database ORDER BY 1"
    )
    default = dict[str, DatabaseState]

    def process(self, output: Any) -> dict[str, DatabaseState]:
        rows = (line.split("|") for line in output)
        return {database: DatabaseState(owner, public == "t") for database, owner, public in rows}


class PendingRestart(_Query):
    """The settings that wait for a restart to be in force."""

    sql = "SELECT name FROM pg_settings WHERE pending_restart ORDER BY 1"
    default = list[str]

    def process(self, output: Any) -> list[str]:
        return list(output)
