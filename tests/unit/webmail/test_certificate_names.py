"""The names that a certificate holds, whatever lies in its place."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploys.certificate_names import names_held

WEB1: Any = SimpleNamespace(name="web1")


def certificate(*names: str) -> bytes:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    if names:
        held = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(held, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def held(folder: Path, content: bytes | None) -> frozenset[str]:
    if content is not None:
        (folder / "web1.crt").write_bytes(content)
    administration: Any = SimpleNamespace(environment=SimpleNamespace(certificates=folder))
    return names_held(administration, WEB1)


def test_names_are_those_of_the_certificate(tmp_path: Path) -> None:
    assert held(tmp_path, certificate("a.example", "b.example")) == {"a.example", "b.example"}


def test_no_certificate_and_one_without_names_hold_none(tmp_path: Path) -> None:
    assert held(tmp_path, None) == frozenset()
    assert held(tmp_path, certificate()) == frozenset()


def test_what_is_no_certificate_is_said(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"web1\.crt: is no certificate"):
        held(tmp_path, b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
