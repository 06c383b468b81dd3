"""What the host says to the application: settings in the environment, secrets as systemd credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one host or one application to the next."""

    name: str
    database: str  # a libpq connection string without its password
    database_password: str = field(repr=False)
    session_key: str = field(repr=False)
    ldap_uris: tuple[str, ...]
    ldap_base: str
    ldap_ca: str
    workgroup: str
    readers: tuple[str, ...]
    admitted: Path  # a login a line: who may have a session now


def load(environment: Mapping[str, str]) -> Settings:
    """Read the settings; a missing or unsafe one stops the start, by name."""
    credentials = Path(environment["CREDENTIALS_DIRECTORY"])
    ldap_uris = tuple(environment["APP_LDAP_URIS"].split())
    if not all(uri.startswith("ldaps://") for uri in ldap_uris):
        raise ValueError("APP_LDAP_URIS: passwords go over ldaps:// only")
    return Settings(
        name=environment["APP_NAME"],
        database=environment["APP_DATABASE"],
        database_password=(credentials / "database_password").read_text().strip(),
        session_key=(credentials / "session_key").read_text().strip(),
        ldap_uris=ldap_uris,
        ldap_base=environment["APP_LDAP_BASE"],
        ldap_ca=environment["APP_LDAP_CA"],
        workgroup=environment["APP_WORKGROUP"],
        readers=tuple(environment["APP_READERS"].split()),
        admitted=Path(environment["APP_ADMITTED"]),
    )
