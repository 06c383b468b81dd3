import re
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from deploys.zones import above
from inventory import dnssec
from inventory.model import load
from inventory.secrets import Secret
from roles.nameserver.served import Difference, differences, wanted_of
from roles.nameserver.zones import LONGEST_STRING, Keys, Zone, zones_of
from roles.rendering import render

HERE = Path(__file__).parent
ADMINISTRATION = load("lab")
TEXTS = {"2026q4-rsa": f"v=DKIM1; k=rsa; p={'A' * 392}", "2026q4-ed": f"v=DKIM1; k=ed25519; p={'B' * 43}="}
KEYS = Keys(
    dkim=dict.fromkeys(ADMINISTRATION.mail_domains, TEXTS),
    certificates={"mail1": ("0a" * 32, "0b" * 32), "mail2": ("0c" * 32,)},
)


def zones(*ports: int) -> dict[str, Zone]:
    return {zone.name: zone for zone in zones_of(ADMINISTRATION, KEYS, frozenset(ports))}


@pytest.mark.parametrize(
    ("golden", "zone", "ports"),
    [
        ("domain.zone", "sante.gov.bf", (25, 465, 993)),
        ("domain-of-the-contact-with-web.zone", "mtdpce.gov.bf", (25, 443, 465, 587, 993, 4190)),
        ("mail-server.zone", "mail1.intra.gov.bf", (25,)),
        ("messagerie.zone", "messagerie.intra.gov.bf", (25,)),
    ],
)
def test_a_zone_is_as_written(golden: str, zone: str, ports: tuple[int, ...]) -> None:
    wanted = zones(*ports)[zone]
    found = render("nameserver/zone.j2", zone=wanted, ttl=wanted.ttl)
    assert found == (HERE / "golden" / golden).read_text()


def test_every_domain_and_every_mail_server_has_a_zone() -> None:
    assert zones().keys() == {
        *ADMINISTRATION.mail_domains,
        *(f"{name}.intra.gov.bf" for name in ("mail1", "mail2", "messagerie")),
    }


def test_what_is_exported_has_no_soa_and_no_ns() -> None:
    text = render("nameserver/export.j2", zone=zones(25)["sante.gov.bf"], ttl=3600)
    assert re.findall(r"^\S+ (SOA|NS) ", text, re.MULTILINE) == []
    assert "@ MX 10 mail1.intra.gov.bf." in text
    assert "@ MX 20 mail2.intra.gov.bf." in text


def test_a_key_longer_than_a_string_is_several_and_reads_as_one() -> None:
    (record,) = (each for each in zones()["sante.gov.bf"].records if each.name == "2026q4-rsa._domainkey")
    strings = re.findall(r'"([^"]*)"', record.data)
    assert [len(each) <= LONGEST_STRING for each in strings] == [True, True]
    assert "".join(strings) == TEXTS["2026q4-rsa"]


def test_the_contact_of_a_zone_is_one_label_and_a_domain() -> None:
    assert Zone("x.bf", "awa.exemple@x.bf", (), ()).contact_name == "awa\\.exemple.x.bf."


def test_records_of_a_name_and_kind_are_wanted_together() -> None:
    wanted = {
        (rrset.name.to_text(), rrset.rdtype.name): len(rrset) for rrset in wanted_of(zones(25)["mail1.intra.gov.bf"])
    }
    assert wanted["_25._tcp.mail1.intra.gov.bf.", "TLSA"] == 2


def test_a_server_that_refuses_is_said_once() -> None:
    def refuse(query):

        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.REFUSED)
        return response

    found = list(differences(zones(25)["sante.gov.bf"], refuse, ours=True))
    assert found == [Difference("sante.gov.bf", "DNSKEY", "refused", "REFUSED")]


KEY, OTHER = (dnssec.dnskey(Secret(dnssec.new_key())) for _ in range(2))


def test_a_key_that_the_zone_above_does_not_name_is_told() -> None:
    def other(query):
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        if query.question[0].rdtype.name == "DNSKEY":
            name = query.question[0].name
            response.answer = [dns.rrset.from_text(name, 3600, "IN", "DNSKEY", OTHER)]
        return dns.message.from_wire(response.to_wire())

    zone = Zone("sante.gov.bf", "plateforme@mtdpce.gov.bf", (), (), KEY)
    found = list(differences(zone, other, ours=True))
    assert found == [
        Difference("sante.gov.bf", "DNSKEY", "unsigned"),
        Difference("sante.gov.bf", "DNSKEY", "missing", KEY),
        Difference("sante.gov.bf", "DNSKEY", "extra", OTHER),
    ]


def test_who_holds_the_zone_above_is_given_servers_and_keys() -> None:
    signed = Zone("sante.gov.bf", "plateforme@mtdpce.gov.bf", ("ns1.intra.gov.bf",), (), KEY)
    lines = [line for line in above([signed]).splitlines() if not line.startswith((";", "$"))]
    assert lines[0] == "sante.gov.bf. NS ns1.intra.gov.bf."
    assert re.fullmatch(r"sante\.gov\.bf\. DS [0-9]+ 13 2 [0-9a-f]{64}", lines[1])
    assert len(lines) == 2
