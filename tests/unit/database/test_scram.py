import hmac
from base64 import b64decode
from hashlib import sha256

import pytest

from roles.database.scram import matches, verifier

# RFC 7677, section 3: the whole exchange of user "user" with password "pencil".
SALT = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")  # not-a-secret: RFC 7677
EXCHANGE = (
    b"n=user,r=rOprNGfwEbeRWgbNEkqO"
    b",r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"  # not-a-secret: RFC 7677
    b",c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"  # not-a-secret: RFC 7677
)
CLIENT_PROOF = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")  # not-a-secret: RFC 7677
SERVER_SIGNATURE = b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")  # not-a-secret: RFC 7677


def keys(stored: str) -> tuple[bytes, bytes]:
    stored_key, server_key = stored.split("$")[2].split(":")
    return b64decode(stored_key), b64decode(server_key)


def test_the_verifier_accepts_the_proof_of_the_rfc() -> None:
    stored_key, _ = keys(verifier("pencil", SALT, 4096))
    signature = hmac.digest(stored_key, EXCHANGE, "sha256")
    client_key = bytes(a ^ b for a, b in zip(CLIENT_PROOF, signature, strict=True))
    assert sha256(client_key).digest() == stored_key


def test_the_verifier_proves_the_server_as_in_the_rfc() -> None:
    _, server_key = keys(verifier("pencil", SALT, 4096))
    assert hmac.digest(server_key, EXCHANGE, "sha256") == SERVER_SIGNATURE


def test_a_verifier_matches_its_password_alone() -> None:
    stored = verifier("correct horse")
    assert matches(stored, "correct horse")
    assert not matches(stored, "correct horsf")


def test_two_verifiers_of_one_password_differ() -> None:
    assert verifier("same") != verifier("same")


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "md5a6343a68d964ca596d9752250d54bb8a",
        "plain",
        "SCRAM-SHA-256$4096:!$a:b",
        "SCRAM-SHA-256$x:c2FsdA==$a:b",
        pytest.param(verifier("pencil").replace("SCRAM-SHA-256", "SCRAM-SHA-1"), id="another digest"),
    ],
)
def test_what_is_no_verifier_matches_nothing(stored: str) -> None:
    assert not matches(stored, "pencil")


@pytest.mark.parametrize("password", ["", "mot de passé", "tab\there"])
def test_a_password_that_needs_preparation_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        verifier(password)
