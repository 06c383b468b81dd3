"""What a name server serves, from the inventory and the public keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inventory import dkim, dnssec
from inventory.model import Administration, Machine
from inventory.secrets import Secret, Secrets
from roles.nameserver.zones import Keys, Zone, zones_of

FOLDER = "/etc/knot"
ZONES = f"{FOLDER}/zones"
STATE = "/var/lib/knot"  # the signing keys, and each zone as it was last served


@dataclass(frozen=True)
class NameserverConfig:
    """One name server."""

    address: IPv4Address
    zones: tuple[Zone, ...]
    keys: Mapping[str, Secret]  # by zone, that which the zone above names


def config_of(
    administration: Administration, machine: Machine, secrets: Secrets, ports: frozenset[int]
) -> NameserverConfig:
    """The server that a machine is. `ports` are those of the mail servers."""
    return NameserverConfig(
        machine.address,
        zones_of(administration, keys_of(administration, secrets), ports),
        signing_keys(administration, secrets),
    )


def signing_keys(administration: Administration, secrets: Secrets) -> dict[str, Secret]:
    """By zone, the key that the zone above names."""
    return {zone: secrets.get(dnssec.SCOPE, dnssec.secret_of(zone)) for zone in dnssec.zones(administration)}


def keys_of(administration: Administration, secrets: Secrets) -> Keys:
    """The public keys of today."""
    return Keys(
        dkim=dkim.records(administration, secrets, dkim.today()),
        certificates={each.name: certificates_of(administration, each) for each in administration.mail_servers},
        signing={zone: dnssec.dnskey(key) for zone, key in signing_keys(administration, secrets).items()},
    )


def certificates_of(administration: Administration, machine: Machine) -> tuple[str, ...]:
    """The digests of the public keys of a machine's certificate and, where it is ready, of its next one."""
    folder = administration.environment.certificates
    paths = (folder / f"{machine.name}.crt", folder / f"{machine.name}.next.crt")
    return tuple(dict.fromkeys(digest_of(path.read_bytes()) for path in paths if path.exists()))


def digest_of(certificate: bytes) -> str:
    """The SHA-256 of a certificate's public key, as TLSA 3 1 1 has it (RFC 6698)."""
    key = x509.load_pem_x509_certificate(certificate).public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
