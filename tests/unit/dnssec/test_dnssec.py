from types import SimpleNamespace

import dns.dnssec
import dns.rdata
import pytest

from inventory import dnssec
from inventory.model import load
from inventory.secrets import Secret, ed25519_key, wanted, withheld
from roles.nameserver.zones import Keys, zones_of

ADMINISTRATION = load("lab")
# RFC 6605, 6.1: the key of example.net, and what the zone above says of it.
X = "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6ed"  # not-a-secret: a public key, of the standard
Y = "bkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA=="  # not-a-secret: the same
KEY = f"257 3 13 {X}{Y}"
DIGEST = "b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17"


def test_what_the_zone_above_says_is_as_in_the_standard() -> None:
    assert dnssec.ds("example.net", KEY) == f"55648 13 2 {DIGEST}"


def test_a_new_key_is_one_that_the_zone_above_may_name() -> None:
    text = dnssec.dnskey(Secret(dnssec.new_key()))
    key = dns.rdata.from_text("IN", "DNSKEY", text)
    assert (key.flags, key.protocol, key.algorithm, len(key.key)) == (257, 3, 13, 64)
    assert text != dnssec.dnskey(Secret(dnssec.new_key()))


def test_another_kind_of_key_is_refused_and_a_withheld_one_shows_nothing() -> None:
    with pytest.raises(ValueError, match="P-256"):
        dnssec.dnskey(Secret(ed25519_key()))
    assert dnssec.dnskey(withheld().get(dnssec.SCOPE, "ksk/sante.gov.bf")) == "(withheld)"


def test_each_zone_that_is_served_has_a_secret() -> None:
    keys = Keys(
        dkim={domain: {} for domain in ADMINISTRATION.mail_domains},
        certificates={server.name: () for server in ADMINISTRATION.mail_servers},
        signing=dict.fromkeys(dnssec.zones(ADMINISTRATION), KEY),
    )
    zones = zones_of(ADMINISTRATION, keys, frozenset())
    assert all(zone.key == KEY for zone in zones)
    assert wanted(ADMINISTRATION)[dnssec.SCOPE].keys() == {dnssec.secret_of(zone.name) for zone in zones}


def test_who_has_no_name_server_needs_no_key() -> None:
    nobody = SimpleNamespace(running=lambda _capability: [], mail_domains=("sante.gov.bf",))
    assert dnssec.zones(nobody) == ()  # type: ignore[arg-type]
