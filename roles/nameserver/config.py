"""What a name server serves, from the inventory and the public keys."""

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from inventory import dkim
from inventory.model import Administration, Machine
from inventory.secrets import Secrets
from roles.nameserver.zones import Keys, Zone, zones_of

FOLDER = "/etc/knot"
ZONES = f"{FOLDER}/zones"
STATE = "/var/lib/knot"  # the signing keys, and each zone as it was last served


@dataclass(frozen=True)
class NameserverConfig:
    """One name server."""

    address: IPv4Address
    zones: tuple[Zone, ...]


def config_of(
    administration: Administration, machine: Machine, secrets: Secrets, ports: frozenset[int]
) -> NameserverConfig:
    """The server that a machine is. `ports` are those of the mail servers."""
    return NameserverConfig(machine.address, zones_of(administration, keys_of(administration, secrets), ports))


def keys_of(administration: Administration, secrets: Secrets) -> Keys:
    """The public keys of today."""
    return Keys(
        dkim=dkim.records(administration, secrets, dkim.today()),
        certificates={each.name: certificates_of(administration, each) for each in administration.running("mail")},
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
