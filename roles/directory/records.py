"""The names that the controllers serve, from the inventory, and the changes that lead there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from inventory import dkim, mta_sts
from inventory.model import Administration
from inventory.model.administration import DAV, DOORS, MESSAGERIE, WEBMAIL
from roles.common.commands import Says

TTL = 900  # seconds
MOVES = 60  # of what another machine may take over within minutes


@dataclass(frozen=True, order=True)
class DnsRecord:
    """One record; its data as text.

    An address (A), a name (PTR), "preference server" (MX), "priority weight port server" (SRV), or a whole text (TXT).
    """

    zone: str
    name: str
    kind: str
    data: str
    ttl: int = field(default=TTL, compare=False)  # seconds; one that is there keeps its own

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
        if _signs(record):  # its quarter is over
            return True
        if record.kind == "PTR" and any((record.kind, record.data) == (new.kind, new.data) for new in self.add):
            return True
        return any((record.zone, record.name, record.kind) == (new.zone, new.name, new.kind) for new in self.add)


def desired_of(administration: Administration, keys: Mapping[str, Mapping[str, str]]) -> Zones:
    """Machines, devices and applications in the domain's zone, their addresses in reverse, the mail of institutions."""
    domain = administration.platform.domain
    hosts = [
        DnsRecord(domain, name, "A", str(address), MOVES if name == MESSAGERIE else TTL)
        for name, address in administration.addresses.items()
    ]
    mail = [record for domain in administration.mail_domains for record in _mail(administration, domain, keys[domain])]
    records = frozenset([*hosts, *_reverse(administration), *mail])
    return Zones(frozenset(record.zone for record in records), records)


def _reverse(administration: Administration) -> Iterator[DnsRecord]:
    """Whose an address is (RFC 1035, 3.5): machines and devices, an application is a second name of its machine.

    A zone for each of the administration's prefixes, from its whole bytes: 10.0.0.0/8 is 10.in-addr.arpa.
    """
    for name, address in administration.addresses.items():
        prefix = next((each for each in administration.platform.prefixes if address in each), None)
        if prefix is None or name in administration.second_names:
            continue
        labels = str(address).split(".")
        known = min(-(-prefix.prefixlen // 8), 3) or 1  # what is left is the name in the zone
        zone, place = (".".join(reversed(part)) for part in (labels[:known], labels[known:]))
        yield DnsRecord(f"{zone}.in-addr.arpa", place, "PTR", administration.fqdn(name))


def _mail(administration: Administration, zone: str, keys: Mapping[str, str]) -> list[DnsRecord]:
    """Where the mail of a domain goes (RFC 5321), and who may send it (SPF RFC 7208, DKIM 6376, DMARC 7489)."""
    return [
        *(
            DnsRecord(zone, "@", "MX", f"{place * 10} {server.fqdn}")  # first the one that people use
            for place, server in enumerate(administration.mail_servers, start=1)
        ),
        DnsRecord(zone, "@", "TXT", "v=spf1 mx -all"),
        DnsRecord(zone, "_dmarc", "TXT", "v=DMARC1; p=reject; adkim=s; aspf=s"),
        *(DnsRecord(zone, f"{selector}._domainkey", "TXT", text) for selector, text in keys.items()),
        *_doors(administration, zone),
        *_calendars(administration, zone),
    ]


def _calendars(administration: Administration, zone: str) -> Iterator[DnsRecord]:
    """Where programs of calendars and contacts go (RFC 6764)."""
    if administration.running("webmail") and administration.running(DAV):
        for service in ("_caldavs._tcp", "_carddavs._tcp"):
            yield DnsRecord(zone, service, "SRV", f"0 1 443 {administration.fqdn(WEBMAIL)}")
            yield DnsRecord(zone, service, "TXT", "path=/dav/")


def _doors(administration: Administration, zone: str) -> Iterator[DnsRecord]:
    """Where mail programs find their settings, and other servers our policy (RFC 8461)."""
    for web in administration.running("webmail"):
        yield DnsRecord(zone, "_mta-sts", "TXT", f"v=STSv1; id={mta_sts.policy_id(administration)}")
        for door in DOORS:
            yield DnsRecord(zone, door, "A", str(web.address))


def changes(desired: Zones, found: Zones) -> ZoneChanges:
    """Of the records that exist, only those of a name and kind that the inventory decides are ever removed.

    A PTR that gives one of our names to an address that is no longer its own is such a record too, and a DKIM key of
    ours whose time is over.
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
                if (record.zone, record.name, record.kind) in ours
                or (record.kind == "PTR" and record.data in named)
                or (record.zone in desired.names and _signs(record))
            )
        ),
    )


def _signs(record: DnsRecord) -> bool:
    """Whether it is a DKIM key that follows from a quarter."""
    selector, _, kind = record.name.partition(".")
    return kind == "_domainkey" and record.kind == "TXT" and dkim.OURS.fullmatch(selector) is not None
