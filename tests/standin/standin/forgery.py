"""Proof that a form was ours: a token kept in the session and repeated by the form."""

import hmac
from secrets import token_urlsafe


def new_token() -> str:
    return token_urlsafe(32)


def genuine(expected: str | None, received: str | None) -> bool:
    """Whether a form came from the page that we gave to this session."""
    return bool(expected and received) and hmac.compare_digest(str(expected).encode(), str(received).encode())
