"""What the doors of mail domains say, from the inventory."""

import re
from dataclasses import replace

import pytest

from inventory import mta_sts
from inventory.model import load
from inventory.model.platform import MtaSts
from roles.rendering import render
from roles.webmail.doors import doors_of

ADMINISTRATION = load("lab")
DOORS = doors_of(ADMINISTRATION)


def test_the_policy_names_every_server_and_its_number_is_of_its_text() -> None:
    lines = mta_sts.policy(ADMINISTRATION).splitlines()
    assert lines[0] == "version: STSv1"
    assert [line for line in lines if line.startswith("mx: ")] == [
        f"mx: {name}" for name in ("mail1.intra.gov.bf", "mail2.intra.gov.bf")
    ]
    mail = ADMINISTRATION.platform.mail.model_copy(update={"mta_sts": MtaSts(mode="enforce", max_age_days=30)})
    strict = replace(ADMINISTRATION, platform=ADMINISTRATION.platform.model_copy(update={"mail": mail}))
    assert mta_sts.policy(strict).splitlines()[1] == "mode: enforce"
    assert mta_sts.policy(strict).endswith("max_age: 2592000\n")
    assert mta_sts.policy_id(strict) != mta_sts.policy_id(ADMINISTRATION)
    assert re.fullmatch("[a-z0-9]{1,32}", mta_sts.policy_id(strict))  # RFC 8461, 3.1


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("awa.exemple@sante.gov.bf", True),
        ("Awa.Exemple@sante.gov.bf", True),
        ("awa@santeXgov.bf", False),
        ("awa@sante.gov.bf.example.net", False),
        ("a<b@sante.gov.bf", False),
    ],
)
def test_only_addresses_of_our_domains_are_said_again(address: str, found: bool) -> None:
    text = render("webmail/doors/nginx.j2", doors=DOORS)
    (pattern,) = re.findall(r'"~\*(<EMailAddress>.*</EMailAddress>)"', text)
    python = re.compile(pattern.replace("(?<", "(?P<"), re.IGNORECASE)
    assert bool(python.search(f"<EMailAddress>{address}</EMailAddress>")) == found


def test_no_address_that_is_asked_about_is_in_a_log() -> None:
    servers = render("webmail/doors/nginx.j2", doors=DOORS).split("    server {\n")[1:]
    assert servers
    for server in servers:
        assert "access_log /var/log/nginx/access.log without_arguments;" in server or "access_log off;" in server


def test_calendars_are_named_where_they_are() -> None:
    for name in ("config-v1.1.xml", "profile.mobileconfig", "index.html"):
        bare = render(f"webmail/doors/{name}.j2", doors=replace(DOORS, dav=""))
        full = render(f"webmail/doors/{name}.j2", doors=replace(DOORS, dav="https://dav.example/dav/"))
        assert "dav" not in bare.lower()
        assert "dav.example" in full
