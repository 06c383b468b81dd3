"""The rest of the world as the lab plays it: its names, its mail servers, who writes from it.

A remote domain is some records of the signed zone `example.`, a mail server a line of SERVERS, one of HTTPS a
line of WEBS: add yours there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from inventory import dnssec
from inventory.model import Administration
from inventory.secrets import Secrets

TTL = 5  # seconds: tests change what they ask for
SPARE = range(10, 251)  # the addresses of the machine in its prefix, all of them at hand
AUTHORITATIVE = 10  # who serves its zones
HONEST, LIAR = 100, 101  # where mail of honest.example is sent from, and where it is not
SENDERS = {2: "outside1.example", HONEST: "out.honest.example", LIAR: "liar.example"}  # the names of who sends
NAMESERVER, CONTACT = "ns.example.", "hostmaster.example."
SELECTOR = "s1"  # of the DKIM key of the honest domain


@dataclass(frozen=True)
class Server:
    """A mail server: takes everything, and keeps it."""

    name: str
    host: int  # its address in the prefix
    certificate: str | None  # "public" (of the played authority), "itself" (self-signed); None: it has no STARTTLS
    tlsa: str | None = None  # "right" or "wrong": whether what its TLSA record says of its key is true (DANE)


SERVERS = (
    Server("mx.plain.example", 20, None),
    Server("mx.encrypted.example", 21, "itself"),
    Server("mx.dane.example", 22, "itself", "right"),
    Server("mx.dane-wrong.example", 23, "itself", "wrong"),
    Server("mx.dane-plain.example", 24, None, "right"),
    Server("mx.bogus.example", 25, "itself"),
    Server("mx.unsigned.example", 26, "itself", "wrong"),  # nobody vouches for its record: it counts for nothing
    Server("mx.honest.example", 27, "public"),
    Server("mx.sts.example", 28, "public"),
    Server("mx.sts-wrong.example", 29, "itself"),
    Server("mx.sts-testing.example", 30, "itself"),
    Server("mx.sts-dane.example", 31, "itself", "right"),  # MTA-STS alone would refuse it
    Server("mx.sts-dane-wrong.example", 32, "public", "wrong"),  # MTA-STS alone would take it
    Server("mx.sts-other.example", 33, "public"),  # its policy names another server
)
# By domain, who serves its policy (RFC 8461), and the mode of it; it names the domain's one server. Each asks for
# reports on TLS (RFC 8460).
STS = {
    "sts.example": (200, "enforce"),
    "sts-wrong.example": (201, "enforce"),
    "sts-testing.example": (202, "testing"),
    "sts-dane.example": (203, "enforce"),
    "sts-dane-wrong.example": (204, "enforce"),
    "sts-other.example": (205, "enforce"),
}
READER = "tls@honest.example"  # of those reports


@dataclass(frozen=True)
class Web:
    """A server of HTTPS: what it answers by path."""

    name: str
    host: int  # its address in the prefix
    certificate: str  # "public" or "itself"
    pages: tuple[tuple[str, str], ...] = ()  # paths, and their texts


def _policy(domain: str, mode: str) -> str:
    """The text of a policy of MTA-STS."""
    server = "mx.honest.example" if domain == "sts-other.example" else f"mx.{domain}"
    return f"version: STSv1\r\nmode: {mode}\r\nmx: {server}\r\nmax_age: 86400\r\n"


WEBS: tuple[Web, ...] = tuple(
    Web(f"mta-sts.{domain}", host, "public", (("/.well-known/mta-sts.txt", _policy(domain, mode)),))
    for domain, (host, mode) in STS.items()
)

# By zone, the names and data of records; SERVERS and delegations are added. "@" is the zone itself.
RECORDS: dict[str, tuple[str, ...]] = {
    "example": (
        'honest TXT "v=spf1 ip4:{honest} -all"',
        '_dmarc.honest TXT "v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:dmarc@honest.example"',
        f"{SELECTOR}._domainkey.honest TXT {{dkim}}",
        '_smtp._tls.honest TXT "v=TLSRPTv1; rua=mailto:tls@honest.example"',
        'quarantine TXT "v=spf1 ip4:{honest} -all"',
        '_dmarc.quarantine TXT "v=DMARC1; p=quarantine"',
    ),
    "bogus.example": (),
    "unsigned.example": (),
}
# A domain below a suffix that everybody knows: rspamd sends no report to others (it takes no address of `example.`).
ELSEWHERE = (
    "partenaire.bf. MX 10 mx.honest.example.",
    'partenaire.bf. TXT "v=spf1 ip4:{honest} -all"',
    '_dmarc.partenaire.bf. TXT "v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:dmarc@partenaire.bf"',
)
UNSIGNED = {"unsigned.example"}
BROKEN = {"bogus.example"}  # what the zone above says of their key is wrong: no signature in them holds


@dataclass(frozen=True)
class Zone:
    """A zone that is played."""

    name: str
    records: tuple[str, ...]

    @property
    def signed(self) -> bool:
        """Whether Knot signs it."""
        return self.name not in UNSIGNED

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name or 'root'}.zone"


@dataclass(frozen=True)
class WorldConfig:
    """What the machine plays."""

    prefix_length: int
    address: str
    gateway: str
    authoritative: str
    resolver: str
    addresses: tuple[str, ...]
    zones: tuple[Zone, ...]
    servers: tuple[tuple[Server, str], ...]  # each with its address
    webs: tuple[tuple[Web, str], ...]  # likewise
    anchor: str


def config_of(administration: Administration, secrets: Secrets) -> WorldConfig:
    """What is played for this administration: ours are below its root as they are below the true one."""
    world = administration.environment.world
    if world is None:
        raise ValueError(f"{administration.environment.environment} plays no world")
    anchor = world.root_anchor.read_text().strip()
    return WorldConfig(
        prefix_length=world.prefix.prefixlen,
        address=str(world.prefix[2]),
        gateway=str(world.prefix[1]),
        authoritative=str(world.prefix[AUTHORITATIVE]),
        resolver=str(world.resolvers[0]),
        addresses=tuple(str(world.prefix[number]) for number in SPARE),
        zones=tuple(_zones(administration, secrets, anchor.partition("DNSKEY ")[2], world.root_anchor.parent)),
        servers=tuple((server, str(world.prefix[server.host])) for server in SERVERS),
        webs=tuple((web, str(world.prefix[web.host])) for web in WEBS),
        anchor=anchor,
    )


def _zones(administration: Administration, secrets: Secrets, key: str, folder: Path) -> Iterator[Zone]:
    world = administration.environment.world
    assert world is not None  # who calls has it
    authoritative = f"ns.example. A {world.prefix[AUTHORITATIVE]}"
    yield Zone("", (*_below("bf", key), *_below("example", key), *_below("in-addr.arpa", key), authoritative))
    yield Zone("bf", (*_below("gov.bf", key), *(record.format(honest=world.prefix[HONEST]) for record in ELSEWHERE)))
    yield Zone("gov.bf", tuple(_ours(administration, secrets)))
    yield Zone("in-addr.arpa", tuple(_reverse(administration)))
    values = {"honest": world.prefix[HONEST], "dkim": _dkim(folder / "dkim.pem")}
    below = {zone: tuple(_below(zone, key)) for zone in RECORDS if zone.endswith(".example")}
    for zone, records in RECORDS.items():
        held = [record.format(**values) for record in records]
        for server in SERVERS:
            if max((z for z in RECORDS if f".{server.name}".endswith(f".{z}")), key=len) == zone:
                held += _server(server, str(world.prefix[server.host]), folder)
        if zone == "example":
            for domain, (_, mode) in STS.items():
                held.append(f'_mta-sts.{domain}. TXT "v=STSv1; id={mode}"')
                held.append(f'_smtp._tls.{domain}. TXT "v=TLSRPTv1; rua=mailto:{READER}"')
            held += [f"{name}. A {world.prefix[number]}" for number, name in SENDERS.items()]
            held += [f"{web.name}. A {world.prefix[web.host]}" for web in WEBS]
            held += [authoritative, *(record for each in below.values() for record in each)]
        yield Zone(zone, tuple(held))


def _server(server: Server, address: str, folder: Path) -> Iterator[str]:
    """The records of a mail server, and those of the domain of which it is the only one."""
    yield f"{server.name}. A {address}"
    yield f"{server.name.partition('.')[2]}. MX 10 {server.name}."
    if server.tlsa:
        right = _digest(folder / "host.pem")
        digest = right if server.tlsa == "right" else sha256(b"another").hexdigest()
        yield f"_25._tcp.{server.name}. TLSA 3 1 1 {digest}"


def _below(zone: str, key: str) -> Iterator[str]:
    """What the zone above says of a played one."""
    yield f"{zone}. NS {NAMESERVER}"
    if zone in UNSIGNED:
        return
    digest = dnssec.ds(zone, key)
    yield f"{zone}. DS {digest if zone not in BROKEN else digest.rpartition(' ')[0] + ' ' + '0' * 64}"


def _ours(administration: Administration, secrets: Secrets) -> Iterator[str]:
    """What whoever holds gov.bf was told of our zones (`make zones`)."""
    servers = administration.running("nameserver")
    for zone in dnssec.zones(administration):
        yield from (f"{zone}. NS {server.fqdn}." for server in servers)
        yield f"{zone}. DS {dnssec.ds(zone, dnssec.dnskey(secrets.get(dnssec.SCOPE, dnssec.secret_of(zone))))}"
    yield from (f"{server.fqdn}. A {server.address}" for server in servers)


def _reverse(administration: Administration) -> Iterator[str]:
    world = administration.environment.world
    assert world is not None  # who calls has it
    ours = [(server.address, server.fqdn) for server in administration.mail_servers]
    theirs = [(world.prefix[server.host], server.name) for server in SERVERS]
    senders = [(world.prefix[number], name) for number, name in SENDERS.items()]
    for address, name in (*ours, *theirs, *senders):
        yield f"{address.reverse_pointer}. PTR {name}."


def _digest(path: Path) -> str:
    """The SHA-256 of a public key, as TLSA 3 1 1 has it (RFC 6698)."""
    key = load_pem_private_key(path.read_bytes(), password=None).public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _dkim(path: Path) -> str:
    """The public key of the honest domain, as its record has it."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)  # the lab made it
    encoded = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    text = "v=DKIM1; k=rsa; p=" + "".join(encoded.splitlines()[1:-1])
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
