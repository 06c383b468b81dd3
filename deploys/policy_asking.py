"""Ask for the MTA-STS policy of a domain as another mail server does (RFC 8461, 3.3): over verified TLS."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.client import HTTPException, HTTPResponse
from socket import socket

from inventory import mta_sts
from inventory.model import Administration
from inventory.model.administration import MTA_STS
from inventory.model.messages import either

PATIENCE = 15.0  # seconds
LARGEST = 65536  # bytes of a policy


def policy_differences(
    administration: Administration, domain: str, connect: Callable[[], AbstractContextManager[socket]]
) -> Iterator[str]:
    """A line where what is served by who answers on port 443 is not the policy that is wanted."""
    name, wanted = f"{MTA_STS}.{domain}", mta_sts.policy(administration)
    try:
        with connect() as plain:
            status, text = fetched(plain, name, _trusted(administration))
    except (OSError, HTTPException) as error:
        why = str(error) or type(error).__name__
        yield either(f"{name} : pas de politique MTA-STS : {why}", f"{name}: no MTA-STS policy: {why}")
        return
    if status != 200:
        yield either(f"{name} : pas de politique MTA-STS : HTTP {status}", f"{name}: no MTA-STS policy: HTTP {status}")
    elif text.split() != wanted.split():
        served, meant = (" ".join(each.split()) for each in (text, wanted))
        yield either(
            f"{name} : la politique MTA-STS servie est « {served} », voulue « {meant} »",
            f"{name}: the MTA-STS policy that is served is '{served}', wanted '{meant}'",
        )


def fetched(plain: socket, name: str, trusted: ssl.SSLContext) -> tuple[int, str]:
    """The status and the text of the policy that a server has for a name. Raises OSError, HTTPException."""
    plain.settimeout(PATIENCE)
    with trusted.wrap_socket(plain, server_hostname=name) as tls:
        tls.sendall(f"GET {mta_sts.PATH} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        response = HTTPResponse(tls)
        response.begin()
        return response.status, response.read(LARGEST).decode(errors="replace")


def _trusted(administration: Administration) -> ssl.SSLContext:
    """Public authorities and the administration's own."""
    context = ssl.create_default_context()
    context.load_verify_locations(administration.environment.certificates / "ca.crt")
    return context
