"""SCRAM-SHA-256 verifiers as PostgreSQL stores them (RFC 5802, RFC 7677): the server never sees the password."""

import hmac
from base64 import b64decode, b64encode
from hashlib import pbkdf2_hmac, sha256
from secrets import token_bytes

ITERATIONS = 4096  # PostgreSQL's own; our passwords are random, so that guessing them is hopeless anyway


def verifier(password: str, salt: bytes | None = None, iterations: int = ITERATIONS) -> str:
    """What to store for a password: SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey."""
    if not password or not password.isascii() or not password.isprintable():
        raise ValueError("a database password is printable ASCII: other text would need SASLprep (RFC 4013)")
    salt = salt or token_bytes(16)
    salted = pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored_key = sha256(_sign(salted, b"Client Key")).digest()
    server_key = _sign(salted, b"Server Key")
    return f"SCRAM-SHA-256${iterations}:{_text(salt)}${_text(stored_key)}:{_text(server_key)}"


def matches(stored: str, password: str) -> bool:
    """Whether a stored verifier is that of the password; anything that is not a verifier is not."""
    try:
        scheme, parameters, _keys = stored.split("$")
        iterations, salt = parameters.split(":")
        again = verifier(password, b64decode(salt, validate=True), int(iterations))
    except ValueError:
        return False
    return scheme == "SCRAM-SHA-256" and hmac.compare_digest(stored, again)


def _sign(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _text(value: bytes) -> str:
    return b64encode(value).decode()
