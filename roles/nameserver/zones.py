"""The zone of every mail domain, and that of every mail server's name, from the inventory and public keys alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from inventory import mta_sts
from inventory.model import Administration, Machine
from inventory.model.administration import AUTODISCOVER, DOORS, MESSAGERIE

TTL = 3600  # seconds
MOVES = 60  # of what another machine may take over within minutes
LONGEST_STRING = 255  # of a TXT record (RFC 1035, 3.3.14); a longer text is several
# What mail programs look for (RFC 6186, 8314, 5804), and the port where we serve it.
SERVICES = {
    "_imaps": 993,
    "_submissions": 465,
    "_submission": 587,
    "_sieve": 4190,
    "_imap": 143,
    "_pop3": 110,
    "_pop3s": 995,
}
WEB = 443


@dataclass(frozen=True)
class Record:
    """One record: its name in the zone ("@" is the zone itself), and its data as a zone file has it."""

    name: str
    kind: str
    data: str


@dataclass(frozen=True)
class Zone:
    """A zone without its SOA: who serves it says that."""

    name: str
    contact: str  # of the SOA
    servers: tuple[str, ...]  # the names of those who serve it
    records: tuple[Record, ...]
    key: str = ""  # what its DNSKEY says of the key that the zone above names
    ttl: int = TTL

    @property
    def contact_name(self) -> str:
        """The contact as a SOA has it (RFC 1035, 8): the part before the @ is one label, dots and all."""
        local, _, domain = self.contact.partition("@")
        return f"{local.replace('.', chr(92) + '.')}.{domain}."


@dataclass(frozen=True)
class Keys:
    """The public keys that zones hold.

    dkim: of each domain, by selector, the text of its record
    certificates: of each mail server, the digests of the keys of its certificate and of the next one
    signing: of each zone that we sign, the key that the zone above names, as DNSKEY has it
    """

    dkim: Mapping[str, Mapping[str, str]]
    certificates: Mapping[str, tuple[str, ...]]
    signing: Mapping[str, str] = field(default_factory=dict)


def zones_of(administration: Administration, keys: Keys, ports: frozenset[int]) -> tuple[Zone, ...]:
    """Every zone. `ports` are those that the mail servers open: what nobody serves is not announced."""
    contact = administration.platform.contact
    servers = tuple(server.fqdn for server in administration.running("nameserver"))
    mail = administration.mail_servers
    domains = [
        Zone(domain, contact, servers, (*_domain(administration, mail, domain, keys.dkim[domain], ports),))
        for domain in administration.mail_domains
    ]
    # A zone of its own: that of the machines is Active Directory's, which cannot sign, and DANE asks for a signature.
    hosts = [
        Zone(server.fqdn, contact, servers, (*_server(server, keys.certificates[server.name]),)) for server in mail
    ]
    services = [
        Zone(administration.fqdn(MESSAGERIE), contact, servers, (Record("@", "A", str(server.address)),), ttl=MOVES)
        for server in mail[:1]
    ]
    return tuple(replace(zone, key=keys.signing.get(zone.name, "")) for zone in (*domains, *hosts, *services))


def _domain(
    administration: Administration, mail: list[Machine], domain: str, dkim: Mapping[str, str], ports: frozenset[int]
) -> Iterator[Record]:
    contact = administration.platform.contact
    for place, server in enumerate(mail, start=1):  # the one that people use, then those that hand over to it
        yield Record("@", "MX", f"{place * 10} {server.fqdn}.")
    yield _text("@", "v=spf1 mx -all")  # RFC 7208
    for selector, text in dkim.items():
        yield _text(f"{selector}._domainkey", text)
    yield _text("_dmarc", f"v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:{contact}")  # RFC 7489
    yield _text("_smtp._tls", f"v=TLSRPTv1; rua=mailto:{contact}")  # RFC 8460
    if contact.partition("@")[2] == domain:  # it takes the reports on the others (RFC 7489, 7.1)
        for other in administration.mail_domains:
            if other != domain:
                yield _text(f"{other}._report._dmarc", "v=DMARC1")
    authorities = administration.platform.mail.certificate_authorities
    for authority in authorities or [";"]:  # RFC 8659: nobody, where none is named
        yield Record("@", "CAA", f'0 issue "{authority}"')
    yield Record("@", "CAA", f'0 iodef "mailto:{contact}"')
    for service, port in SERVICES.items():
        if port not in ports:
            yield Record(f"{service}._tcp", "SRV", "0 0 0 .")
            continue
        if mail:
            yield Record(f"{service}._tcp", "SRV", f"0 1 {port} {administration.fqdn(MESSAGERIE)}.")
    if webs := administration.running("webmail"):
        yield from _web(administration, webs, domain)


def _web(administration: Administration, webs: list[Machine], domain: str) -> Iterator[Record]:
    """What is asked over HTTPS: the MTA-STS policy, the settings of mail programs.

    By address: the name of the machine is in Active Directory's zone, which the world does not see.
    """
    yield _text("_mta-sts", f"v=STSv1; id={mta_sts.policy_id(administration)}")  # RFC 8461
    for name in DOORS:
        for web in webs:
            yield Record(name, "A", str(web.address))
    yield Record("_autodiscover._tcp", "SRV", f"0 1 {WEB} {AUTODISCOVER}.{domain}.")


def _server(server: Machine, certificates: tuple[str, ...]) -> Iterator[Record]:
    yield Record("@", "A", str(server.address))
    yield _text("@", "v=spf1 a -all")  # it says its name when it sends a message without sender (RFC 7208, 2.4)
    for digest in certificates:
        yield Record("_25._tcp", "TLSA", f"3 1 1 {digest}")  # RFC 7672: the key, whoever vouches for it


def _text(name: str, text: str) -> Record:
    parts = [text[start : start + LONGEST_STRING] for start in range(0, len(text), LONGEST_STRING)]
    return Record(name, "TXT", " ".join(f'"{part}"' for part in parts))
