"""Login against Active Directory with the person's own password: no service account."""

import ssl
from dataclasses import dataclass

from ldap3 import NONE, SIMPLE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException, LDAPInvalidCredentialsResult

from standin.access import membership_filter, person_filter
from standin.settings import Settings

PATIENCE = 5  # seconds, for all the directory's servers together


class DirectoryUnavailable(Exception):
    """No server of the directory gave an answer."""


@dataclass(frozen=True)
class Person:
    name: str
    reader: bool


def authenticate(settings: Settings, login: str, password: str) -> Person | None:
    """The person, or None when the directory refuses; the servers are tried one after the other."""
    reasons = []
    for uri in settings.ldap_uris:
        try:
            return _ask(settings, uri, login, password)
        except LDAPInvalidCredentialsResult:
            return None
        except LDAPException as reason:
            reasons.append(f"{uri}: {reason}")
    raise DirectoryUnavailable("; ".join(reasons))


def _ask(settings: Settings, uri: str, login: str, password: str) -> Person:
    timeout = max(1, PATIENCE // len(settings.ldap_uris))  # ldap3 wants whole seconds
    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.ldap_ca)
    connection = Connection(
        Server(uri, tls=tls, get_info=NONE, connect_timeout=timeout),
        user=f"{settings.workgroup}\\{login}",  # login@realm could be the userPrincipalName of somebody else
        password=password,
        authentication=SIMPLE,
        receive_timeout=timeout,
        raise_exceptions=True,
        read_only=True,
    )
    try:
        connection.bind()
        return _read(settings, connection, login)
    finally:
        connection.unbind()


def _read(settings: Settings, connection: Connection, login: str) -> Person:
    person = _found(settings, connection, person_filter(login))[0]
    names = person["attributes"]["displayName"]
    return Person(
        name=names[0] if names else login,
        reader=bool(settings.readers)
        and bool(_found(settings, connection, membership_filter(person["dn"], settings.readers))),
    )


def _found(settings: Settings, connection: Connection, query: str) -> list[dict]:
    connection.search(settings.ldap_base, query, attributes=["displayName"])
    return [entry for entry in connection.response if entry["type"] == "searchResEntry"]
