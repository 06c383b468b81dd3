"""What a device shares with others in secret: with whoever reads how it fares. Each device has its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Address

from inventory.model import Administration
from inventory.secrets import Secret

SecretOf = Callable[[str, str], Secret]  # scope, key
DIGITS = 6  # of a digest that a name ends with: enough to tell secrets of one switch apart, far too few to guess by


@dataclass(frozen=True)
class Snmp:
    """The one user that may read, by SNMP version 3 with authentication (SHA) and privacy (AES 128).

    Its name ends with a digest of its secrets. Devices do not show those, or not as they were given: so a user whose
    secrets change is a new user beside the old one, which then goes.
    """

    user: str
    authentication: Secret
    privacy: Secret
    readers: tuple[IPv4Address, ...]  # from where; nobody else is answered


@dataclass(frozen=True)
class Radius:
    """The servers that know who may plug in, by name, in the order in which they are asked; and the switch's own key.

    `digits` change with the key: a name that has them changes too, on a platform that does not show the key.
    """

    servers: Mapping[str, IPv4Address]
    key: Secret

    @property
    def digits(self) -> str:
        return digest(self.key)


def radius(administration: Administration, switch: str, secret_of: SecretOf) -> Radius | None:
    """None where there are no servers. Raises SecretError."""
    servers = administration.platform.radius
    return Radius(servers, secret_of(f"device-{switch}", "radius")) if servers else None


def snmp(administration: Administration, device: str, secret_of: SecretOf) -> Snmp | None:
    """None where nobody is declared who might read. Raises SecretError."""
    platform = administration.platform
    readers = tuple(dict.fromkeys((*platform.bastions.values(), *platform.monitors.values())))
    if not readers:
        return None
    authentication, privacy = (secret_of(f"device-{device}", f"snmp/{kind}") for kind in ("authentication", "privacy"))
    return Snmp(f"supervision-{digest(authentication, privacy)}", authentication, privacy, readers)


def digest(*values: Secret) -> str:
    """A few digits that change with any of the secrets."""
    return sha256("\0".join(value.reveal() for value in values).encode()).hexdigest()[:DIGITS]
