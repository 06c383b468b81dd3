"""The names that the controllers serve, from the inventory, and the changes that lead there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization

from inventory.model import Administration
from inventory.secrets import Secrets
from roles.common.commands import Says


@dataclass(frozen=True, order=True)
class DnsRecord:
    """One record: data is an address (A), a name (PTR), "preference server" (MX) or the whole text (TXT)."""

    zone: str
    name: str
    kind: str
    data: str

    def __str__(self) -> str:
        return f"{self.zone if self.name == '@' else f'{self.name}.{self.zone}'} {self.kind}"


@dataclass(frozen=True)
class Zones:
    """Zones with their records."""

    names: frozenset[str]
    records: frozenset[DnsRecord]


@dataclass(frozen=True)
class ZoneChanges:
    """What to create, add and remove."""

    zones: tuple[str, ...]
    add: tuple[DnsRecord, ...]
    remove: tuple[DnsRecord, ...]

    def says(self) -> list[str | Says]:
        """The changes in words."""
        return [
            *(f"zone {zone}: create" for zone in self.zones),
            *(f"{record}: add {record.data}" for record in self.add),
            *(
                Says(f"{record}: remove {record.data}", removes="record")
                for record in self.remove
                if not self._new(record)
            ),
            *(f"{record}: no longer {record.data}" for record in self.remove if self._new(record)),
        ]

    def _new(self, record: DnsRecord) -> bool:
        """Whether a record that goes is replaced by another of its name and kind; a PTR, by one of whose it was."""
        if record.kind == "PTR" and any((record.kind, record.data) == (new.kind, new.data) for new in self.add):
            return True
        return any((record.zone, record.name, record.kind) == (new.zone, new.name, new.kind) for new in self.add)


def dkim_keys(administration: Administration, secrets: Secrets) -> dict[str, str]:
    """The public keys that sign the mail of each domain, in base64."""
    keys = {
        institution.mail_domain: secrets.get("mail", f"dkim/{institution.mail_domain}")
        for institution in administration.institutions.values()
    }
    return {domain: "(withheld)" if key.withheld else public_key(key.reveal()) for domain, key in keys.items()}


def public_key(private_pem: str) -> str:
    """The public half of a private key, as a DKIM record prints it (RFC 6376, 3.6.1: p=)."""
    public = serialization.load_pem_private_key(
        private_pem.encode(),
        password=None,
        unsafe_skip_rsa_key_validation=True,  # ours: it was checked when made
    ).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    return "".join(pem.splitlines()[1:-1])


def desired_of(administration: Administration, keys: Mapping[str, str]) -> Zones:
    """Machines, devices and applications in the domain's zone, their addresses in reverse, the mail of institutions."""
    domain = administration.platform.domain
    hosts = [DnsRecord(domain, name, "A", str(address)) for name, address in administration.addresses.items()]
    mail = [
        record
        for institution in administration.institutions.values()
        for record in _mail(administration, institution.mail_domain, keys[institution.mail_domain])
    ]
    records = frozenset([*hosts, *_reverse(administration), *mail])
    return Zones(frozenset(record.zone for record in records), records)


def _reverse(administration: Administration) -> Iterator[DnsRecord]:
    """Whose an address is (RFC 1035, 3.5): machines and devices, an application is a second name of its machine.

    A zone for each of the administration's prefixes, from its whole bytes: 10.0.0.0/8 is 10.in-addr.arpa.
    """
    for name, address in administration.addresses.items():
        prefix = next((each for each in administration.platform.prefixes if address in each), None)
        if prefix is None or name in administration.applications:
            continue
        labels = str(address).split(".")
        known = min(-(-prefix.prefixlen // 8), 3) or 1  # what is left is the name in the zone
        zone, place = (".".join(reversed(part)) for part in (labels[:known], labels[known:]))
        yield DnsRecord(f"{zone}.in-addr.arpa", place, "PTR", administration.fqdn(name))


def _mail(administration: Administration, zone: str, key: str) -> list[DnsRecord]:
    """Where the mail of a domain goes (RFC 5321), and who may send it (SPF RFC 7208, DKIM 6376, DMARC 7489)."""
    selector = administration.platform.mail.dkim_selector
    return [
        *(DnsRecord(zone, "@", "MX", f"10 {server.fqdn}") for server in administration.running("mail")),
        DnsRecord(zone, "@", "TXT", "v=spf1 mx -all"),
        DnsRecord(zone, "_dmarc", "TXT", "v=DMARC1; p=reject; adkim=s; aspf=s"),
        DnsRecord(zone, f"{selector}._domainkey", "TXT", f"v=DKIM1; k=rsa; p={key}"),
    ]


def changes(desired: Zones, found: Zones) -> ZoneChanges:
    """Of the records that exist, only those of a name and kind that the inventory decides are ever removed.

    A PTR that gives one of our names to an address that is no longer its own is such a record too.
    """
    ours = {(record.zone, record.name, record.kind) for record in desired.records}
    named = {record.data for record in desired.records if record.kind == "PTR"}
    return ZoneChanges(
        zones=tuple(sorted(desired.names - found.names)),
        add=tuple(sorted(desired.records - found.records)),
        remove=tuple(
            sorted(
                record
                for record in found.records - desired.records
                if (record.zone, record.name, record.kind) in ours or (record.kind == "PTR" and record.data in named)
            )
        ),
    )
