"""What a server serves of a zone, held against what is wanted. The server is asked by whoever calls."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rdtypes.dnskeybase
import dns.rrset

from roles.nameserver.zones import Record, Zone

Ask = Callable[[dns.message.Message], dns.message.Message]

OF_THE_SERVER = {"SOA", "NS", "DNSKEY", "CDS", "CDNSKEY", "NSEC", "NSEC3PARAM", "RRSIG"}  # at the top of a zone


@dataclass(frozen=True)
class Difference:
    """One thing that is not as wanted."""

    name: str
    kind: str
    what: Literal["missing", "extra", "refused", "unsigned", "bogus"]
    data: str = ""


def differences(zone: Zone, ask: Ask, *, ours: bool) -> Iterator[Difference]:
    """What differs. Of our own server also who serves the zone, and what nobody wants; it must be signed.

    A signature is held against the zone's own keys: whether the zone above vouches for these, its DS says.
    """
    origin = dns.name.from_text(zone.name)
    keys = _Answer(ask, origin, "DNSKEY")
    if keys.refused:
        yield Difference(zone.name, "DNSKEY", "refused", keys.refused)
        return
    if keys.rrset is None and ours:
        yield Difference(zone.name, "DNSKEY", "unsigned")
    trusted = {origin: keys.rrset} if keys.rrset is not None else {}
    if trusted:
        yield from keys.signature(trusted)
    if ours and zone.key:
        yield from _named_above(zone, keys.rrset)
    servers = tuple(Record("@", "NS", f"{server}.") for server in zone.servers) if ours else ()
    for wanted in wanted_of(zone, servers):
        answer = _Answer(ask, wanted.name, dns.rdatatype.to_text(wanted.rdtype))
        yield from answer.against(wanted)
        if trusted and answer.rrset is not None:
            yield from answer.signature(trusted)
    if ours and trusted:
        yield from _unwanted(zone, ask)


def told(ask: Ask, name: str, kind: str) -> list[str]:
    """What a server says of a name and kind."""
    return sorted(rdata.to_text() for rdata in _Answer(ask, dns.name.from_text(name), kind).rrset or ())


def _named_above(zone: Zone, keys: dns.rrset.RRset | None) -> Iterator[Difference]:
    """The key whose DS the zone above has must sign; another one would be of a rollover that nobody ended."""
    wanted = dns.rdata.from_text("IN", "DNSKEY", zone.key)
    found = {key for key in keys or () if key.flags & dns.rdtypes.dnskeybase.SEP}
    if wanted not in found:
        yield Difference(zone.name, "DNSKEY", "missing", zone.key)
    for key in sorted(key.to_text(chunksize=0) for key in found - {wanted}):
        yield Difference(zone.name, "DNSKEY", "extra", key)


def wanted_of(zone: Zone, servers: Iterable[Record] = ()) -> list[dns.rrset.RRset]:
    """The records of a zone, those of a name and kind together."""
    origin = dns.name.from_text(zone.name)
    texts: dict[tuple[dns.name.Name, str], list[str]] = {}
    for record in (*servers, *zone.records):
        texts.setdefault((dns.name.from_text(record.name, origin), record.kind), []).append(record.data)
    return [dns.rrset.from_text_list(name, zone.ttl, "IN", kind, data) for (name, kind), data in texts.items()]


class _Answer:
    """What a server says of a name and kind, without what else it adds."""

    def __init__(self, ask: Ask, name: dns.name.Name, kind: str) -> None:
        query = dns.message.make_query(name, kind, want_dnssec=True)
        query.flags &= ~dns.flags.RD
        response = ask(query)
        self.name, self.kind = name.to_text(omit_final_dot=True), kind
        code = response.rcode()
        good = code in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN) and response.flags & dns.flags.AA
        self.refused = "" if good else dns.rcode.to_text(code)
        asked = dns.rdatatype.from_text(kind)
        find = response.get_rrset
        self.rrset = find(response.answer, name, query.question[0].rdclass, asked)
        self.rrsig = find(response.answer, name, query.question[0].rdclass, dns.rdatatype.RRSIG, asked)

    def against(self, wanted: dns.rrset.RRset) -> Iterator[Difference]:
        if self.refused:
            yield Difference(self.name, self.kind, "refused", self.refused)
            return
        found = set(self.rrset or ())
        for data in sorted(rdata.to_text() for rdata in set(wanted) - found):
            yield Difference(self.name, self.kind, "missing", data)
        for data in sorted(rdata.to_text() for rdata in found - set(wanted)):
            yield Difference(self.name, self.kind, "extra", data)

    def signature(self, trusted: dict[dns.name.Name, dns.rrset.RRset]) -> Iterator[Difference]:
        if self.rrset is None:
            return
        if self.rrsig is None:
            yield Difference(self.name, self.kind, "unsigned")
            return
        try:
            dns.dnssec.validate(self.rrset, self.rrsig, trusted)
        except dns.exception.DNSException:
            yield Difference(self.name, self.kind, "bogus")


def _unwanted(zone: Zone, ask: Ask) -> Iterator[Difference]:
    """The names and kinds that the chain of NSEC names (RFC 4034, 4) and nobody wants."""
    origin = dns.name.from_text(zone.name)
    wanted = {(rrset.name, dns.rdatatype.to_text(rrset.rdtype)) for rrset in wanted_of(zone)}
    name = origin
    for _ in range(len(wanted) + 1000):  # a chain that does not close would never end
        nsec = _Answer(ask, name, "NSEC").rrset
        if nsec is None:
            return
        (rdata,) = nsec
        for kind in _kinds(rdata.windows):
            if kind not in OF_THE_SERVER and (name, kind) not in wanted:
                yield Difference(name.to_text(omit_final_dot=True), kind, "extra", kind)
        name = rdata.next
        if name == origin:
            return


def _kinds(windows: Iterable[tuple[int, bytes]]) -> Iterator[str]:
    """The kinds that the bitmap of a NSEC record holds."""
    for window, bitmap in windows:
        for place, byte in enumerate(bitmap):
            for bit in range(8):
                if byte & (0x80 >> bit):
                    yield dns.rdatatype.to_text(dns.rdatatype.RdataType.make(window * 256 + place * 8 + bit))
