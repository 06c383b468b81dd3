"""Secrets: one age-encrypted file per scope, opened only for what is at hand.

A scope is what one reader needs: `institution-mtdpce` holds the temporary passwords of its people, `mail` the keys
of the mail platform. A file decrypts to a JSON object; `age -d -i KEY FILE` reads it by hand.
"""

import json
import os
import secrets as random
import string
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from inventory.model import Administration, Environment
from inventory.model.problems import Problem


class SecretError(Exception):
    """A secret cannot be had; the message says which and what to do."""


class Secret:
    """A value that never shows by accident: only `reveal()` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass
class Secrets:
    """The secret files of one environment."""

    folder: Path
    identity: Path
    _open: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)

    def get(self, scope: str, key: str) -> Secret:
        """One secret. Raises SecretError where it does not exist or cannot be decrypted."""
        values = self._scope(scope)
        if key not in values:
            raise SecretError(f"{self._path(scope)}: no secret '{key}': run `make secrets`")
        return Secret(values[key])

    def add_missing(self, scope: str, wanted: dict[str, Callable[[], str]]) -> list[str]:
        """Generate what a scope lacks; returns the keys that were added. Existing values are never touched."""
        values = self._scope(scope) if self._path(scope).exists() else {}
        missing = [key for key in wanted if key not in values]
        if missing:
            values |= {key: wanted[key]() for key in missing}
            self._write(scope, values)
        return missing

    def put(self, scope: str, key: str, value: str) -> None:
        """Set one secret; the others of its scope stay."""
        values = self._scope(scope) if self._path(scope).exists() else {}
        self._write(scope, {**values, key: value})

    def _scope(self, scope: str) -> dict[str, str]:
        if scope not in self._open:
            path = self._path(scope)
            try:
                identity = pyrage.x25519.Identity.from_str(_key_line(self.identity))
                self._open[scope] = json.loads(pyrage.decrypt(path.read_bytes(), [identity]))
            except FileNotFoundError as error:
                mend = "run `make secrets`" if error.filename == str(path) else "it should hold your age key (README)"
                raise SecretError(f"{error.filename}: no such file: {mend}") from None
            except pyrage.DecryptError:
                raise SecretError(f"{path}: {self.identity} is not one of its recipients") from None
        return self._open[scope]

    def _write(self, scope: str, values: dict[str, str]) -> None:
        recipients = [pyrage.x25519.Recipient.from_str(line) for line in _recipients(self.folder)]
        sealed = pyrage.encrypt(json.dumps(values, ensure_ascii=False).encode(), recipients, armored=True)
        path = self._path(scope)
        partial = path.with_suffix(".partial")
        partial.write_bytes(sealed)
        partial.replace(path)
        self._open[scope] = values

    def _path(self, scope: str) -> Path:
        return self.folder / f"{scope}.age"


def secrets_of(environment: Environment) -> Secrets:
    """The secrets of an environment; nothing is opened yet."""
    return Secrets(environment.secrets, environment.age_identity.expanduser())


def create_identity(path: Path, folder: Path) -> None:
    """A throw-away age key (0600) that is the only recipient of a folder: for the lab."""
    identity = pyrage.x25519.Identity.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{identity}\n")
    (folder / "recipients.txt").write_text(f"{identity.to_public()}\n")


def password(length: int = 20) -> str:
    """A random password with at least one lower, upper and digit (Active Directory's complexity rule)."""
    alphabet = string.ascii_letters + string.digits
    while True:
        value = "".join(random.choice(alphabet) for _ in range(length))
        if any(c.islower() for c in value) and any(c.isupper() for c in value) and any(c.isdigit() for c in value):
            return value


def random_key() -> str:
    """32 random bytes, in base64."""
    return b64encode(random.token_bytes(32)).decode()


def rsa_key() -> str:
    """An RSA 2048 private key in PEM (DKIM: RFC 8301 asks for at least 1024, recommends 2048)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


Generators = dict[str, Callable[[], str]]


def wanted(administration: Administration) -> dict[str, Generators]:
    """Every secret that the administration needs, by scope and key, with what generates it."""
    people: dict[str, Generators] = {
        f"institution-{name}": {person.login: password for person in institution.people}
        for name, institution in administration.institutions.items()
    }
    domains: Generators = {
        f"dkim/{institution.mail_domain}": rsa_key for institution in administration.institutions.values()
    }
    applications: dict[str, Generators] = {
        f"application-{name}": {"database_password": password, "session_key": random_key}
        for name in administration.applications
    }
    devices: dict[str, Generators] = {
        f"device-{name}": {"password": password} for name in (*administration.switches, *administration.routers)
    }
    return {
        **people,
        "directory": {"administrator": lambda: password(32)},
        "mail": {"service_account": lambda: password(32), **domains},
        **applications,
        **devices,
    }


def add_missing(administration: Administration) -> list[str]:
    """Generate every secret that does not exist yet; returns their names."""
    store = secrets_of(administration.environment)
    return [
        f"{scope}: {key}" for scope, keys in wanted(administration).items() for key in store.add_missing(scope, keys)
    ]


def _key_line(path: Path) -> str:
    lines = [line for line in path.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
    if not lines:
        raise SecretError(str(Problem(path, 1, 1, "no age key (a line that begins with AGE-SECRET-KEY-)")))
    return lines[0]


def _recipients(folder: Path) -> list[str]:
    path = folder / "recipients.txt"
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        raise SecretError(
            f"{path}: no such file: it lists who may read the secrets, one age recipient a line"
        ) from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
