"""The application's own data: who came, and when."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg

from standin.settings import Settings

TABLE = """
CREATE TABLE IF NOT EXISTS visits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)
"""


@contextmanager
def _database(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        settings.database,
        password=settings.database_password,
        connect_timeout=5,
        options="-c statement_timeout=5s",
    ) as connection:
        yield connection


def migrate(settings: Settings) -> None:
    """Bring the schema to this version; again and again if need be."""
    with _database(settings) as connection:
        connection.execute(TABLE)


def record(settings: Settings, login: str) -> None:
    with _database(settings) as connection:
        connection.execute("INSERT INTO visits (login) VALUES (%s)", (login,))


def latest(settings: Settings, count: int = 10) -> list[tuple[str, datetime]]:
    with _database(settings) as connection:
        rows = connection.execute("SELECT login, at FROM visits ORDER BY id DESC LIMIT %s", (count,))
        return rows.fetchall()


def check(settings: Settings) -> None:
    """Read the table; raises psycopg.Error when that fails."""
    latest(settings, count=1)
