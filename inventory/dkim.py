"""The keys that sign mail (DKIM, RFC 6376): two a quarter for each domain, whose state follows from the date alone.

The next quarter's are published some days before it begins, those of the quarter sign, and those of the last one stay
published while mail that they signed may still be on its way. Nobody decides anything; a deploy on another day of the
same state changes nothing.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from inventory.model import Administration

if TYPE_CHECKING:
    from inventory.secrets import Secrets

Algorithm = Literal["rsa", "ed"]
State = Literal["published", "active", "retired"]

ALGORITHMS: tuple[Algorithm, ...] = ("rsa", "ed")  # everybody verifies RSA (RFC 8301), Ed25519 is to come (RFC 8463)
BEFORE = timedelta(days=14)  # published ahead: a resolver that once heard "no such key" has forgotten it
GRACE = timedelta(days=30)  # a queue holds mail for five days; who was away verifies later
READY = 3  # quarters after the present one whose keys `make secrets` makes: a year without it is no harm
OURS = re.compile(r"[0-9]{4}q[1-4]-(rsa|ed)")  # our selectors, of whatever quarter
SCOPE = "mail"


@dataclass(frozen=True)
class Selector:
    """The name of a key in the DNS, such as 2026q4-rsa."""

    name: str
    algorithm: Algorithm
    state: State


def today() -> date:
    """The day, everywhere the same: that of UTC."""
    return datetime.now(UTC).date()


def selectors(day: date) -> tuple[Selector, ...]:
    """Those that the DNS holds on a day, the oldest first."""
    present = _quarter(day)
    states: dict[int, State] = {present: "active"}
    if day < _first_day(present) + GRACE:
        states[present - 1] = "retired"
    if day >= _first_day(present + 1) - BEFORE:
        states[present + 1] = "published"
    return tuple(
        Selector(_name(quarter, algorithm), algorithm, state)
        for quarter, state in sorted(states.items())
        for algorithm in ALGORITHMS
    )


def signing(day: date) -> tuple[str, ...]:
    """The selectors of the keys that sign on a day."""
    return tuple(each.name for each in selectors(day) if each.state == "active")


def prepared(day: date) -> Iterator[tuple[str, Algorithm]]:
    """The selectors whose keys exist before they are needed."""
    for quarter in range(_quarter(day), _quarter(day) + READY + 1):
        for algorithm in ALGORITHMS:
            yield _name(quarter, algorithm), algorithm


def secret_of(domain: str, selector: str) -> str:
    """Where the private key is in its scope."""
    return f"dkim/{domain}/{selector}"


def records(administration: Administration, secrets: Secrets, day: date) -> dict[str, dict[str, str]]:
    """By domain and selector, what the DNS says of the key. A domain that is new has no key of the last quarter."""
    return {
        domain: {
            each.name: _record(secrets, secret_of(domain, each.name))
            for each in selectors(day)
            if each.state != "retired" or secrets.has(SCOPE, secret_of(domain, each.name))
        }
        for domain in administration.mail_domains
    }


def record(private_pem: str) -> str:
    """What the DNS says of a private key: the public half of it (RFC 6376, 3.6.1; RFC 8463, 4)."""
    key = _loaded(private_pem)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return f"v=DKIM1; k=ed25519; p={_base64(key.public_key().public_bytes_raw())}"
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={_base64(public)}"


def for_rspamd(private_pem: str) -> str:
    """A private key as rspamd reads it: PEM, but of Ed25519 both halves in base64 (with PEM it would sign nothing)."""
    key = _loaded(private_pem)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        return private_pem
    return _base64(key.private_bytes_raw() + key.public_key().public_bytes_raw())


def _record(secrets: Secrets, name: str) -> str:
    key = secrets.get(SCOPE, name)
    return "(withheld)" if key.withheld else record(key.reveal())


def _loaded(private_pem: str) -> PrivateKeyTypes:
    return serialization.load_pem_private_key(
        private_pem.encode(),
        password=None,
        unsafe_skip_rsa_key_validation=True,  # ours: it was checked when made
    )


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _quarter(day: date) -> int:
    """The quarters since the year 0."""
    return day.year * 4 + (day.month - 1) // 3


def _first_day(quarter: int) -> date:
    return date(quarter // 4, quarter % 4 * 3 + 1, 1)


def _name(quarter: int, algorithm: Algorithm) -> str:
    return f"{quarter // 4}q{quarter % 4 + 1}-{algorithm}"
