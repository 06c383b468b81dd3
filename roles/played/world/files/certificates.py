#!/usr/bin/python3
"""The certificates of the played world, issued where they are missing: `world-certificates SETTINGS`.

All are of one key. "public" ones are signed by the played authority, as those of Let's Encrypt would be; the others
vouch for themselves.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

SERVES = timedelta(days=365)


def main() -> None:
    """Issue what is missing."""
    given = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(given["certificates"])
    folder.mkdir(exist_ok=True)
    key = serialization.load_pem_private_key(Path(given["key"]).read_bytes(), None)
    certificate, private = map(Path, given["authority"])
    authority = x509.load_pem_x509_certificate(certificate.read_bytes())
    authority_key = serialization.load_pem_private_key(private.read_bytes(), None)
    for server in [*given["mail"], *given["web"]]:
        path = folder / f"{server['name']}.pem"
        if server["certificate"] is None or (path.exists() and fits(path, key, authority, server)):
            continue
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, server["name"])])
        public = server["certificate"] == "public"
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority.subject if public else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + SERVES)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(server["name"])]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key((authority_key if public else key).public_key()),
                critical=False,
            )
            .sign(authority_key if public else key, hashes.SHA256())
        )
        partial = path.with_suffix(f".{os.getpid()}")  # two services may issue at once
        partial.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        partial.replace(path)


def fits(path: Path, key: object, authority: x509.Certificate, server: dict[str, str]) -> bool:
    """Whether a certificate is of the present key, and of who is to vouch for it, for a while yet."""
    found = x509.load_pem_x509_certificate(path.read_bytes())
    signed = found.issuer == authority.subject
    if signed:
        try:
            found.verify_directly_issued_by(authority)
        except Exception:  # whatever is wrong with it: another one is made
            return False
    fresh = found.not_valid_after_utc > datetime.now(UTC) + SERVES / 2
    return found.public_key() == key.public_key() and fresh and signed == (server["certificate"] == "public")


if __name__ == "__main__":
    main()
