"""Secrets: one age-encrypted file per scope, opened only for what is at hand.

A scope is what one reader needs: `institution-mtdpce` holds the temporary passwords of its people, `mail` the keys
of the mail platform. A file decrypts to a JSON object; `age -d -i KEY FILE` reads it by hand. Who may read which is
said in recipients.yaml beside them (inventory/sealing.py).
"""

import json
import os
import re
import secrets as random
import string
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

import pyrage
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from inventory import dkim, dnssec, mail_backups, masking, sealing
from inventory.masking import masked
from inventory.model import Administration, Environment, InventoryError
from inventory.model.problems import Problem

__all__ = ["Secret", "SecretError", "Secrets", "masked", "secrets_of", "withheld", "withhold"]

SCOPE = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}")


class SecretError(Exception):
    """A secret cannot be had; the message says which and what to do."""


class Secret:
    """A value that never shows by accident: only `reveal()` gives it, and `masked()` hides it again."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    withheld = False  # whether the value is kept from this run

    def reveal(self) -> str:
        masking.remember(self._value)
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
    _identity: pyrage.x25519.Identity | None = field(default=None, repr=False)

    def get(self, scope: str, key: str) -> Secret:
        """One secret. Raises SecretError where it does not exist or cannot be decrypted."""
        values = self._scope(scope)
        if key not in values:
            raise SecretError(f"{self._path(scope)}: no secret '{key}': run `make secrets`")
        return Secret(values[key])

    def has(self, scope: str, key: str) -> bool:
        """Whether there is such a secret."""
        return key in self._scope(scope)

    def add_missing(self, scope: str, wanted: dict[str, Callable[[], str]]) -> list[str]:
        """Generate what a scope lacks; returns the keys that were added. Existing values are never touched."""
        if not wanted.keys() - self._values(scope):
            return []
        with self._alone():
            values = self._values(scope)
            missing = [key for key in wanted if key not in values]
            self._seal({scope: values | {key: wanted[key]() for key in missing}})
        return missing

    def put(self, scope: str, key: str, value: str) -> None:
        """Set one secret; the others of its scope stay."""
        with self._alone():
            self._seal({scope: self._values(scope) | {key: value}})

    def rekey(self) -> list[str]:
        """Seal what the present rules do not match anew, values unchanged, all or nothing; returns the scopes."""
        with self._alone():
            found, sealed = self._rules(), sealing.manifest(self.folder)
            paths = sorted(self.folder.glob("*.age"))
            wrong = [path.stem for path in paths if any(sealing.mistakes(path, found, sealed.get(path.name)))]
            if wrong or len(sealed) > len(paths):  # or the manifest still names files that are gone
                self._seal({scope: self._scope(scope) for scope in wrong})
        return wrong

    def hide(self) -> None:
        """From now on `masked()` hides every value that this key opens."""
        for path in sorted(self.folder.glob("*.age")):
            with suppress(SecretError):  # sealed for others: its values are no more ours to know here
                for value in self._scope(path.stem).values():
                    masking.remember(value)

    def settle(self) -> None:
        """Finish or undo what a run that was killed left half-written."""
        if self.folder.exists():
            with self._alone():
                pass

    def _values(self, scope: str) -> dict[str, str]:
        return self._scope(scope) if self._path(scope).exists() else {}

    def _scope(self, scope: str) -> dict[str, str]:
        if scope not in self._open:
            path = self._path(scope)
            try:
                identity = self._key()
                sealed = path.read_bytes()
                self._open[scope] = json.loads(pyrage.decrypt(sealed, [identity]))
                _read[scope] = sha256(sealed).hexdigest()
            except FileNotFoundError as error:
                mend = "run `make secrets`" if error.filename == str(path) else "it should hold your age key (README)"
                raise SecretError(f"{error.filename}: no such file: {mend}") from None
            except pyrage.DecryptError:
                raise SecretError(f"{path}: {self.identity} is not one of its recipients") from None
            except ValueError:
                raise SecretError(f"{path}: does not hold a JSON object: set its secrets anew") from None
        return self._open[scope]

    def _key(self) -> pyrage.x25519.Identity:
        """Our own key, read once."""
        if self._identity is None:
            self._identity = pyrage.x25519.Identity.from_str(_key_line(self.identity))
        return self._identity

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with sealing.alone(self.folder):
                self._open.clear()  # another process may have written since
                yield
        except FileNotFoundError as error:
            raise SecretError(f"{error.filename}: no such folder") from None
        except InventoryError as error:
            raise SecretError(str(error)) from None

    def _rules(self) -> sealing.Rules:
        return sealing.rules(self.folder)

    def _seal(self, scopes: dict[str, dict[str, str]]) -> None:
        """Write these scopes for those who may read them. Nothing is written where nobody may."""
        found = self._rules()
        readers = {scope: found.readers(scope) for scope in scopes}
        if nobody := [scope for scope in scopes if not readers[scope]]:
            path = self.folder / sealing.RULES
            raise SecretError(f"{path}:1:1: nobody may read {', '.join(nobody)}: name a key under 'readers'")
        sealing.commit(
            self.folder,
            {self._path(scope).name: sealing.seal(values, readers[scope]) for scope, values in scopes.items()},
            {self._path(scope).name: keys for scope, keys in readers.items()},
        )
        self._open |= scopes

    def _path(self, scope: str) -> Path:
        if not SCOPE.fullmatch(scope):
            raise SecretError(f"'{scope}' is not the name of a scope: lower-case letters, digits, '.' and '-'")
        return self.folder / f"{scope}.age"


class _Withheld(Secret):
    """A secret whose value this run may not know."""

    __slots__ = ()
    withheld = True

    def reveal(self) -> NoReturn:
        raise SecretError(f"{self._value}: withheld: this run may not read secrets")


class _WithheldSecrets(Secrets):
    """Any secret, without its value: for previews of what nobody has reviewed yet."""

    def get(self, scope: str, key: str) -> Secret:
        return _Withheld(f"{scope}: {key}")

    def has(self, scope: str, key: str) -> bool:  # noqa: ARG002 (nobody knows)
        return False

    def add_missing(self, scope: str, wanted: dict[str, Callable[[], str]]) -> list[str]:  # noqa: ARG002 (as above)
        raise SecretError(f"{scope}: withheld: this run may not write secrets")

    def put(self, scope: str, key: str, value: str) -> None:  # noqa: ARG002 (as above)
        raise SecretError(f"{scope}: {key}: withheld: this run may not write secrets")

    def rekey(self) -> list[str]:
        raise SecretError("withheld: this run may not write secrets")


_withholding = False
_read: dict[str, str] = {}


def digests_read() -> dict[str, str]:
    """The SHA-256 of each sealed file that this process opened, by scope."""
    return dict(_read)


def withheld() -> Secrets:
    """Secrets that need no key and show nothing: `reveal()` raises SecretError."""
    return _WithheldSecrets(Path("withheld"), Path("withheld"))


def withhold() -> None:
    """From now on, this process can read no secret: `secrets_of` answers with `withheld()`."""
    global _withholding
    _withholding = True


def secrets_of(environment: Environment) -> Secrets:
    """The secrets of an environment; nothing is opened yet."""
    return withheld() if _withholding else Secrets(environment.secrets, environment.age_identity.expanduser())


def create_identity(path: Path, folder: Path) -> None:
    """A throw-away age key (0600) that alone may read a folder: for the lab. What exists is kept."""
    for needed in (path.parent, folder):
        needed.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _whole(path, f"{pyrage.x25519.Identity.generate()}\n")
    if not (folder / sealing.RULES).exists():
        public = pyrage.x25519.Identity.from_str(_key_line(path)).to_public()
        _whole(folder / sealing.RULES, f'keys: {{lab: {public}}}\nreaders: {{"*": [lab]}}\n')


def _whole(path: Path, text: str) -> None:
    """Write 0600 from birth, and under its name only when whole."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)


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
    return _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def ed25519_key() -> str:
    """An Ed25519 private key in PEM (DKIM: RFC 8463)."""
    return _pem(ed25519.Ed25519PrivateKey.generate())


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


Generators = dict[str, Callable[[], str]]
SWITCH = ("password", "enable", "snmp/authentication", "snmp/privacy")  # of each device, and of it alone


def wanted(administration: Administration) -> dict[str, Generators]:
    """Every secret that the administration needs, by scope and key, with what generates it."""
    people: dict[str, Generators] = {
        f"institution-{name}": {person.login: password for person in institution.people}
        for name, institution in administration.institutions.items()
    }
    domains: Generators = {
        dkim.secret_of(domain, selector): {"rsa": rsa_key, "ed": ed25519_key}[algorithm]
        for domain in administration.mail_domains
        for selector, algorithm in dkim.prepared(dkim.today())
    }
    signing: Generators = {dnssec.secret_of(zone): dnssec.new_key for zone in dnssec.zones(administration)}
    keeper = mail_backups.server(administration)
    backups: Generators = {mail_backups.PASSWORD: lambda: password(40), mail_backups.KEY: mail_backups.new_key}
    applications: dict[str, Generators] = {
        f"application-{name}": {"database_password": password, "session_key": random_key}
        for name in administration.applications
    }
    switch = (*SWITCH, "radius") if administration.platform.radius else SWITCH
    devices: dict[str, Generators] = {
        **{f"device-{name}": dict.fromkeys(switch, password) for name in administration.switches},
        **{f"device-{name}": {"password": password} for name in administration.routers},
    }
    for name in administration.routers:
        if name not in administration.machines:  # a device, as a switch is
            devices[f"device-{name}"] = dict.fromkeys(SWITCH, password)
    for name, router in administration.routers.items():  # one key for each session with a core of RESINA
        devices[f"device-{name}"] |= {f"bgp/{uplink.core}": lambda: password(32) for uplink in router.entry.uplinks}
    return {
        **people,
        "directory": {"administrator": lambda: password(32)},
        "mail": {"service_account": lambda: password(32), "copies": lambda: password(40), **domains},
        **({dnssec.SCOPE: signing} if signing else {}),
        **({scope: backups for _, scope in mail_backups.clients(administration)} if keeper else {}),
        **applications,
        **devices,
        **({"webmail": {"session_key": lambda: password(32)}} if administration.running("webmail") else {}),
    }


def scopes(administration: Administration) -> list[str]:
    """Every scope that there may be: what is generated, and the certificates' keys."""
    return [*wanted(administration), *(f"certificate-{name}" for name in administration.machines)]


def add_missing(administration: Administration) -> list[str]:
    """Generate every secret that does not exist yet; returns their names."""
    store = secrets_of(administration.environment)
    store.settle()
    return [
        f"{scope}: {key}" for scope, keys in wanted(administration).items() for key in store.add_missing(scope, keys)
    ]


def _key_line(path: Path) -> str:
    lines = [line for line in path.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
    if not lines:
        raise SecretError(str(Problem(path, 1, 1, "no age key (a line that begins with AGE-SECRET-KEY-)")))
    return lines[0]
