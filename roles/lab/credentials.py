"""The lab's throw-away keys and authority: ssh keys, host keys, age key, internal CA and certificates."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inventory import dnssec, secrets
from inventory.hosts import more, write_ssh_config
from inventory.model import Administration
from roles.lab import paths
from roles.lab.topology import LOOPBACK, LabMachine, topology

KEYS = paths.LAB / "keys"
YEARS = timedelta(days=730)


def create(administration: Administration) -> list[str]:
    """Make whatever is missing; returns the secrets that were generated. Nothing that exists is touched."""
    machines = topology(administration).machines
    _ssh_key(KEYS / "id_ed25519", "lab")
    for name in (*machines, *(f"{name}-cli" for name in administration.switches)):
        _ssh_key(KEYS / "hosts" / name, name)
    secrets.create_identity(administration.environment.age_identity, administration.environment.secrets)
    _known_hosts(administration, machines)
    for name, machine in machines.items():
        known = administration.machines.get(name)
        _seed(machine, str(known.address) if known else LOOPBACK.split("/")[0])
    own, text = more(administration.environment), _lab_only(administration, machines)
    if not own.exists() or own.read_text() != text:
        own.write_text(text)
    write_ssh_config(administration)
    added = secrets.add_missing(administration)
    _certificates(administration)
    _world(administration)
    return added


def _world(administration: Administration) -> None:
    """What the rest of the world is played with: the key of its DNS, an authority, the keys of its mail."""
    world = administration.environment.world
    if world is None:
        return
    folder = world.root_anchor.parent
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("zones", "host", "dkim"):
        if not (path := folder / f"{name}.pem").exists():
            key = rsa.generate_private_key(65537, 2048) if name == "dkim" else ec.generate_private_key(ec.SECP256R1())
            _private(path, _pem(key))
    anchor = f". IN DNSKEY {dnssec.dnskey(secrets.Secret((folder / 'zones.pem').read_text()))}\n"
    if not world.root_anchor.exists() or world.root_anchor.read_text() != anchor:
        world.root_anchor.write_text(anchor)
    _authority("The rest of the world: public authority", world.authority, folder / "authority.pem")


def _lab_only(administration: Administration, machines: dict[str, LabMachine]) -> str:
    """The ssh_config of what only the lab has: the machines that play switches and cores."""
    blocks = []
    for name in machines:
        if name in administration.machines:
            continue
        alias = f"{name}-chassis" if name in administration.switches else name
        command = (administration.environment.reach.proxy_command or "").format(name=name)
        blocks.append(f"Host {alias}\n    HostName {alias}\n    User root\n    ProxyCommand {command}\n")
    return "".join(blocks)


def _ssh_key(path: Path, comment: str) -> None:
    if path.exists():
        return
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".pub").write_text(f"{public.decode()} {comment}\n")
    _private(path, private)


def _private(path: Path, content: bytes) -> None:
    """Write 0600 from birth, and under its name only when whole."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    partial.replace(path)


def _public_key(name: str) -> str:
    return (KEYS / "hosts" / f"{name}.pub").read_text().rsplit(" ", 1)[0]


def _known_hosts(administration: Administration, machines: dict[str, LabMachine]) -> None:
    lines = []
    for name, machine in machines.items():
        if name in administration.machines:
            lines.append(f"{name},{machine.fqdn},{administration.machine(name).address} {_public_key(name)}")
        elif name in administration.switches:
            address = administration.switches[name].entry.address
            lines.append(f"{name},{machine.fqdn},{address} {_public_key(name + '-cli')}")
            lines.append(f"{name}-chassis {_public_key(name)}")
        else:
            lines.append(f"{name} {_public_key(name)}")
    text = "\n".join(lines) + "\n"
    path = administration.environment.reach.known_hosts
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _seed(machine: LabMachine, address: str) -> None:
    """What an installer would have left on the machine."""
    root = paths.LAB / "seeds" / machine.name
    texts = {
        "etc/hostname": f"{machine.name}\n",
        "etc/hosts": f"127.0.0.1 localhost\n{address} {machine.fqdn} {machine.name}\n",
        "root/.ssh/authorized_keys": (KEYS / "id_ed25519.pub").read_text(),
        "etc/ssh/ssh_host_ed25519_key.pub": (KEYS / "hosts" / f"{machine.name}.pub").read_text(),
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "root").chmod(0o700)
    (root / "root/.ssh").chmod(0o700)
    _private(root / "etc/ssh/ssh_host_ed25519_key", (KEYS / "hosts" / machine.name).read_bytes())


def _certificates(administration: Administration) -> None:
    """An internal CA, and for each machine a certificate on its name and on those of what it serves."""
    folder = administration.environment.certificates
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{administration.platform.administration}: lab authority"
    authority, authority_key = _authority(name, folder / "ca.crt", KEYS / "ca.key")
    store = secrets.secrets_of(administration.environment)
    wanted = [(machine, "key", ".crt") for machine in administration.machines.values()]
    wanted += [(machine, "next", ".next.crt") for machine in administration.mail_servers]  # DANE names it before
    for machine, which, ending in wanted:
        names = administration.certificate_names(machine)
        store.add_missing(f"certificate-{machine.name}", {which: _new_key})
        path = folder / f"{machine.name}{ending}"
        if path.exists() and _names_in(path) == names:
            continue
        key = serialization.load_pem_private_key(
            store.get(f"certificate-{machine.name}", which).reveal().encode(), password=None
        )
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # we made it
        certificate = (
            _builder(names[0], authority.subject, key.public_key())
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=False,
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
            )
            .sign(authority_key, hashes.SHA256())
        )
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _authority(name: str, path: Path, key_path: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    if not (path.exists() and key_path.exists()):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            _builder(name, subject, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    key_cert_sign=True,
                    crl_sign=True,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        _private(key_path, _pem(key))
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    loaded = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)  # we made it
    return x509.load_pem_x509_certificate(path.read_bytes()), loaded


def _builder(common_name: str, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + YEARS)
    )


def _new_key() -> str:
    return _pem(ec.generate_private_key(ec.SECP256R1())).decode()


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _names_in(path: Path) -> list[str]:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return extension.value.get_values_for_type(x509.DNSName)
