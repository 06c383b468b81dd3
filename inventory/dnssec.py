"""The keys that sign the keys of zones (KSK, RFC 6781): sealed secrets, so that a name server made anew has them.

The zone above names one in its DS. It changes when a person changes the secret; the keys that sign records (ZSK) are
the name server's own, which replaces them by itself.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import dns.dnssec
import dns.name
import dns.rdata
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inventory.model import Administration
from inventory.model.administration import MESSAGERIE

if TYPE_CHECKING:
    from inventory.secrets import Secret

SCOPE = "dnssec"
ALGORITHM = 13  # ECDSA P-256 with SHA-256 (RFC 6605)
KSK = 257  # the flags of a key that the zone above names (RFC 4034, 2.1.1)
PROTOCOL = 3


def zones(administration: Administration) -> tuple[str, ...]:
    """The zones that our name servers sign: of every mail domain, and of every mail server's name."""
    if not administration.running("nameserver"):
        return ()
    servers = administration.mail_servers
    services = (administration.fqdn(MESSAGERIE) for _ in servers[:1])
    return (*administration.mail_domains, *(server.fqdn for server in servers), *services)


def secret_of(zone: str) -> str:
    """Where the private key is in its scope."""
    return f"ksk/{zone}"


def new_key() -> str:
    """A private key in PEM."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def dnskey(key: Secret) -> str:
    """What the zone says of a key (RFC 4034, 2.2; RFC 6605, 4): the public half, without the byte that says "whole"."""
    if key.withheld:
        return "(withheld)"
    private = serialization.load_pem_private_key(key.reveal().encode(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise ValueError(f"a key of the curve P-256 is wanted in the secret scope {SCOPE}")
    public = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return f"{KSK} {PROTOCOL} {ALGORITHM} {b64encode(public[1:]).decode()}"


def ds(zone: str, key: str) -> str:
    """What the zone above says of a key (RFC 4509), from what the zone itself does."""
    return dns.dnssec.make_ds(dns.name.from_text(zone), dns.rdata.from_text("IN", "DNSKEY", key), "SHA256").to_text()
