"""TLS of each mail port, as internet.nl asks of mail: what is negotiated, what is refused, and whose key it is."""

import json
from base64 import b64decode
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from testinfra.host import Host

from inventory.model import Administration, Machine
from tests.conftest import connect

pytestmark = pytest.mark.machines("mail")

# What is said before TLS, as openssl calls it, and what the server says first in TLS by itself.
PORTS = {
    25: ("smtp", ""),
    465: ("", "220 "),
    587: ("smtp", ""),
    993: ("", "* OK "),
    4190: ("sieve", 'OK "TLS negotiation successful'),
}

GOOD = ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256")
BAD = {
    "CBC": "ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA",
    "a key exchange with the key of the certificate": "kRSA",
    "a key exchange in a group of numbers": "DHE",
    "nobody's certificate": "aNULL",
}

# What a client gets for each of its offers: what was negotiated, or the alert that refuses it. Anything else (a service
# that restarts) is asked again.
OFFERS = r"""
import base64, json, re, socket, ssl, subprocess, sys, time
name, port, before, first, good, bad = sys.argv[1], int(sys.argv[2]), *sys.argv[3:5], *map(json.loads, sys.argv[5:])

def opened():
    connection = socket.create_connection((name, port), timeout=20)
    said = connection.makefile("rb")
    def until(end):
        while not re.match(end, line := said.readline()):
            assert line, "the server hung up"
    if before == "smtp":
        until(rb"220 ")
        connection.sendall(b"EHLO journey.invalid\r\n")
        until(rb"250 ")
        connection.sendall(b"STARTTLS\r\n")
        until(rb"220 ")
    elif before:
        until(rb"OK")
        connection.sendall(b"STARTTLS\r\n")
        until(rb"OK")
    return connection

def offered(ciphers=None, version=None):
    context = ssl.create_default_context()
    if version:
        context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers + ":@SECLEVEL=0")
    deadline = time.monotonic() + 60
    while True:
        try:
            with opened() as connection, context.wrap_socket(connection, server_hostname=name) as tls:
                return {
                    "version": tls.version(),
                    "cipher": tls.cipher()[0],
                    "compression": tls.compression(),
                    "certificate": base64.b64encode(tls.getpeercert(binary_form=True) or b"").decode(),
                }
        except ssl.SSLCertVerificationError as error:
            return {"untrusted": str(error)}
        except (OSError, AssertionError) as error:
            if "ALERT" in str(getattr(error, "reason", "")):
                return {"refused": error.reason}
            if time.monotonic() > deadline:
                raise
            time.sleep(1)

def renegotiated():
    command = ["openssl", "s_client", "-tls1_2", "-connect", f"{name}:{port}", "-servername", name]
    client = subprocess.Popen(
        [*command, *(["-starttls", before] if before else [])], text=True, errors="replace",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    try:
        said = line = ""
        while "Extended master secret" not in said or not line.startswith(first):
            line = client.stdout.readline()
            assert line, said
            said += line
        client.stdin.write("R\n")  # ask for another handshake
        client.stdin.flush()
        said += client.communicate(timeout=30)[0]
    finally:
        client.kill()
    return said

old = getattr(ssl.TLSVersion, "TLSv1_1")
print(json.dumps({
    "newest": offered(),
    "good": {each: offered(each, ssl.TLSVersion.TLSv1_2) for each in good},
    "order": offered(":".join(reversed(good)), ssl.TLSVersion.TLSv1_2),
    "bad": {what: offered(ciphers, ssl.TLSVersion.TLSv1_2) for what, ciphers in bad.items()},
    "old": offered("ALL", old),
    "again": renegotiated(),
}))
"""


@pytest.fixture
def desk(administration: Administration) -> Host:
    return connect(administration, administration.running("workstation")[0].name)


@pytest.mark.parametrize("port", PORTS)
def test_tls_is_what_is_asked_of_mail(desk: Host, machine: Machine, administration: Administration, port: int) -> None:
    arguments = [machine.fqdn, str(port), *PORTS[port], json.dumps(GOOD), json.dumps(BAD)]
    found = json.loads(desk.check_output("timeout 300 python3 -c %s %s %s %s %s %s %s", OFFERS, *arguments))

    assert "untrusted" not in found["newest"], found["newest"]
    assert found["newest"]["version"] == "TLSv1.3"
    assert found["newest"]["compression"] is None
    assert {each: said.get("cipher") for each, said in found["good"].items()} == dict(zip(GOOD, GOOD, strict=True))
    assert found["order"].get("cipher") == GOOD[0]  # ours, whatever the client likes best
    assert {what for what, said in found["bad"].items() if "refused" not in said} == set()
    assert "refused" in found["old"], found["old"]
    assert "Secure Renegotiation IS supported" in found["again"], found["again"]
    assert "Compression: NONE" in found["again"]
    assert "RENEGOTIATING" in found["again"], found["again"]
    assert "no renegotiation" in found["again"], found["again"]

    certificate = x509.load_der_x509_certificate(b64decode(found["newest"]["certificate"]))
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    nameserver = administration.running("nameserver")[0].address
    served = desk.check_output("dig @%s +tcp +short +nosplit +tries=5 _25._tcp.%s TLSA", str(nameserver), machine.fqdn)
    spki = sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    assert f"3 1 1 {spki}" in served.lower().splitlines()
