from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from inventory import mta_sts
from inventory.model import load
from inventory.model.administration import DOORS
from roles.common.commands import Says
from roles.directory.records import DnsRecord, Zones, changes, desired_of

ADMINISTRATION = load("lab")
KEYS = {domain: {"2026q4-rsa": "v=DKIM1; k=rsa; p=MIIkey"} for domain in ADMINISTRATION.mail_domains}
DESIRED = desired_of(ADMINISTRATION, KEYS)
DOMAIN = ADMINISTRATION.platform.domain


def test_machines_and_applications_are_in_the_zone_of_the_domain() -> None:
    assert {
        DnsRecord(DOMAIN, "dc1", "A", "10.10.10.11"),
        DnsRecord(DOMAIN, "e-cm", "A", "10.10.10.14"),
        DnsRecord(DOMAIN, "edge1", "A", "10.255.1.2"),
        DnsRecord(DOMAIN, "sw1", "A", "10.20.99.11"),
    } <= DESIRED.records


def test_addresses_are_known_in_reverse_by_the_name_of_their_machine_or_device() -> None:
    reverse = {(r.zone, r.name): r.data for r in DESIRED.records if r.kind == "PTR"}
    assert len(reverse) == len({*ADMINISTRATION.machines, *ADMINISTRATION.switches, *ADMINISTRATION.routers})
    assert reverse["10.in-addr.arpa", "11.99.20"] == "sw1.intra.gov.bf"
    assert reverse["10.in-addr.arpa", "14.10.10"] == "app1.intra.gov.bf"  # not e-cm, which it serves


@pytest.mark.parametrize(
    ("prefix", "zone", "name"),
    [
        ("10.20.0.0/16", "20.10.in-addr.arpa", "11.99"),
        ("10.16.0.0/12", "20.10.in-addr.arpa", "11.99"),
        ("10.20.99.0/25", "99.20.10.in-addr.arpa", "11"),
        ("0.0.0.0/0", "10.in-addr.arpa", "11.99.20"),
    ],
)
def test_a_reverse_zone_is_made_of_whole_bytes(prefix: str, zone: str, name: str) -> None:
    platform = ADMINISTRATION.platform.model_copy(update={"prefixes": [IPv4Network(prefix)]})
    found = desired_of(replace(ADMINISTRATION, platform=platform), KEYS).records
    assert DnsRecord(zone, name, "PTR", "sw1.intra.gov.bf") in found


def test_a_device_that_moved_is_no_longer_known_at_its_old_address_and_others_stay() -> None:
    zone = "10.in-addr.arpa"
    right, wrong = (DnsRecord(zone, place, "PTR", "sw1.intra.gov.bf") for place in ("11.99.20", "12.99.20"))
    foreign = DnsRecord(zone, "9.9.9", "PTR", "printer.intra.gov.bf")  # added by hand
    found = replace(DESIRED, records=DESIRED.records - {right} | {wrong, foreign})
    assert changes(DESIRED, found).says() == [
        "11.99.20.10.in-addr.arpa PTR: add sw1.intra.gov.bf",
        "12.99.20.10.in-addr.arpa PTR: no longer sw1.intra.gov.bf",
    ]
    twice = replace(DESIRED, records=DESIRED.records | {wrong})
    (said,) = changes(DESIRED, twice).says()
    assert said == Says("12.99.20.10.in-addr.arpa PTR: remove sw1.intra.gov.bf", removes="record")


def test_each_mail_domain_has_its_zone() -> None:
    assert {(r.name, r.kind, r.data) for r in DESIRED.records if r.zone == "sante.gov.bf"} == {
        ("@", "MX", "10 mail1.intra.gov.bf"),
        ("@", "MX", "20 mail2.intra.gov.bf"),
        ("_mta-sts", "TXT", f"v=STSv1; id={mta_sts.policy_id(ADMINISTRATION)}"),
        *((door, "A", "10.10.10.25") for door in DOORS),
        ("@", "TXT", "v=spf1 mx -all"),
        ("_caldavs._tcp", "SRV", "0 1 443 courriel.intra.gov.bf"),
        ("_caldavs._tcp", "TXT", "path=/dav/"),
        ("_carddavs._tcp", "SRV", "0 1 443 courriel.intra.gov.bf"),
        ("_carddavs._tcp", "TXT", "path=/dav/"),
        ("_dmarc", "TXT", "v=DMARC1; p=reject; adkim=s; aspf=s"),
        ("2026q4-rsa._domainkey", "TXT", "v=DKIM1; k=rsa; p=MIIkey"),
    }


def test_twice_changes_nothing() -> None:
    empty = Zones(frozenset({DOMAIN}), frozenset())
    first = changes(DESIRED, empty)
    assert first.zones == ("10.in-addr.arpa", "anptic.gov.bf", "mtdpce.gov.bf", "sante.gov.bf")
    assert "dc1.intra.gov.bf A: add 10.10.10.11" in first.says()
    assert "sante.gov.bf MX: add 10 mail1.intra.gov.bf" in first.says()
    assert changes(DESIRED, Zones(DESIRED.names, frozenset(first.add))).says() == []


def test_an_address_that_changed_is_replaced_and_what_is_not_ours_stays() -> None:
    right, wrong = DnsRecord(DOMAIN, "mail1", "A", "10.10.10.12"), DnsRecord(DOMAIN, "mail1", "A", "10.9.9.9")
    foreign = {
        DnsRecord(DOMAIN, "imprimante", "A", "10.20.10.99"),  # added by hand, or by itself
        DnsRecord(DOMAIN, "@", "A", "10.10.10.11"),  # the controller's own
        DnsRecord(DOMAIN, "mail1", "TXT", "a note"),  # another kind
    }
    found = replace(DESIRED, records=DESIRED.records - {right} | {wrong} | foreign)
    assert changes(DESIRED, found).says() == [
        "mail1.intra.gov.bf A: add 10.10.10.12",
        "mail1.intra.gov.bf A: no longer 10.9.9.9",
    ]


def test_a_key_whose_quarter_is_over_goes_and_is_no_removal() -> None:
    over = DnsRecord("sante.gov.bf", "2026q3-rsa._domainkey", "TXT", "v=DKIM1; k=rsa; p=MIIold")
    foreign = DnsRecord("sante.gov.bf", "newsletter._domainkey", "TXT", "v=DKIM1; k=rsa; p=MIIother")
    found = replace(DESIRED, records=DESIRED.records | {over, foreign})
    assert changes(DESIRED, found).says() == [f"{over}: no longer {over.data}"]
