"""The doors of each mail domain, asked as mail programs and other mail servers ask: from a desk, by their names."""

import plistlib
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from testinfra.host import Host

from inventory import mta_sts
from inventory.model import Administration, Machine
from inventory.model.administration import DOORS, MESSAGERIE
from tests.conftest import connect
from tests.waiting import within
from tests.world import World, world

__all__ = ["world"]

pytestmark = pytest.mark.machines("webmail")

OUTLOOK = "{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}"
ASKS = """<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>
<EMailAddress>%s</EMailAddress>
<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>
</Request></Autodiscover>"""
Curl = Callable[..., tuple[str, str]]


@pytest.fixture
def curl(administration: Administration, machine: Machine) -> Curl:
    """Status and text of an answer to the workstation, which finds the name in the DNS and verifies the certificate."""
    desk = connect(administration, administration.running("workstation")[0].name)

    def ask(url: str, posted: str = "") -> tuple[str, str]:
        command = "curl --silent --show-error --max-time 20 --retry 3 --retry-connrefused --write-out %s %s"
        said = desk.check_output(
            command + " --data-raw %s" * bool(posted), "\n%{http_code} %{remote_ip}", url, *filter(None, [posted])
        )
        text, _, end = said.rpartition("\n")
        status, _, answered = end.partition(" ")
        assert answered == str(machine.address)  # its names lead there
        return status, text

    return ask


@pytest.fixture(params=(0, -1), ids=("first", "last"))
def domain(administration: Administration, request: pytest.FixtureRequest) -> str:
    place: int = request.param
    return administration.mail_domains[place]


def test_thunderbird_finds_its_settings(curl: Curl, administration: Administration, domain: str) -> None:
    for path in ("/mail/config-v1.1.xml", "/.well-known/autoconfig/mail/config-v1.1.xml"):
        status, text = curl(f"https://autoconfig.{domain}{path}?emailaddress=quelquun%40{domain}")
        assert status == "200"
        provider = ElementTree.fromstring(text).find("emailProvider")
        assert provider is not None
        assert provider.findtext("domain") == domain
        found = [
            (each.get("type"), each.findtext("hostname"), each.findtext("port"), each.findtext("socketType"))
            for each in provider
            if each.tag.endswith("Server")
        ]
        server = administration.fqdn(MESSAGERIE)
        assert found == [
            ("imap", server, "993", "SSL"),
            ("smtp", server, "465", "SSL"),
            ("smtp", server, "587", "STARTTLS"),
        ]
        assert {each.text for each in provider.iter("username")} == {"%EMAILADDRESS%"}


def test_outlook_is_told_its_login(curl: Curl, administration: Administration, domain: str) -> None:
    address = f"awa.exemple@{domain}"
    for path in ("/autodiscover/autodiscover.xml", "/Autodiscover/Autodiscover.xml", "/AUTODISCOVER/AutoDiscover.xml"):
        status, text = curl(f"https://autodiscover.{domain}{path}", ASKS % address)
        assert status == "200", text
        found = [
            tuple(protocol.findtext(f"{OUTLOOK}{key}") for key in ("Type", "Server", "Port", "LoginName", "Encryption"))
            for protocol in ElementTree.fromstring(text).iter(f"{OUTLOOK}Protocol")
        ]
        server = administration.fqdn(MESSAGERIE)
        assert found == [
            ("IMAP", server, "993", address, "SSL"),
            ("SMTP", server, "465", address, "SSL"),
            ("SMTP", server, "587", address, "TLS"),
        ]
    asked = f"https://autodiscover.{domain}/autodiscover/autodiscover.json?Email=x&Protocol=AutodiscoverV1"
    assert curl(asked)[1].endswith(f'"Url":"https://autodiscover.{domain}/autodiscover/autodiscover.xml"}}')


def test_what_is_not_of_our_domains_is_not_found(curl: Curl, administration: Administration) -> None:
    (first, *_) = administration.mail_domains
    url = f"https://autodiscover.{first}/autodiscover/autodiscover.xml"
    for address in ("x@example.net", f"x@{first}.example.net", f"x<y@{first}", ""):
        assert curl(url, ASKS % address)[0] == "404", address
    assert curl(f"https://autodiscover.{first}/autodiscover/autodiscover.json?Protocol=ActiveSync")[0] == "404"
    assert curl(f"https://autoconfig.{first}/courriel.mobileconfig?nom=%3Cx%3E")[0] == "404"
    assert curl(f"https://autoconfig.{first}/mta-sts.txt")[0] == "404"


def test_a_telephone_is_set_up_by_a_profile_without_a_password(
    curl: Curl, administration: Administration, domain: str
) -> None:
    status, page = curl(f"https://autoconfig.{domain}/")
    assert status == "200"
    assert f"@{domain}" in page
    assert "%" not in page.replace("%;", "")
    status, text = curl(f"https://autoconfig.{domain}/courriel.mobileconfig?nom=awa.exemple")
    profile = plistlib.loads(text.encode())
    mail = profile["PayloadContent"][0]
    assert mail["EmailAddress"] == mail["IncomingMailServerUsername"] == f"awa.exemple@{domain}"
    assert mail["IncomingMailServerHostName"] == mail["OutgoingMailServerHostName"] == administration.fqdn(MESSAGERIE)
    assert not [
        key for each in profile["PayloadContent"] for key in each if key.endswith("Password") and each[key] is not True
    ]


def test_other_servers_are_told_our_policy(curl: Curl, administration: Administration, domain: str) -> None:
    status, text = curl(f"https://mta-sts.{domain}{mta_sts.PATH}")
    assert (status, text.split()) == ("200", mta_sts.policy(administration).split())
    named = {line.removeprefix("mx: ") for line in text.splitlines() if line.startswith("mx: ")}
    desk = connect(administration, administration.running("workstation")[0].name)
    (server,) = administration.running("nameserver")

    def exchangers() -> set[str]:
        lines = desk.run(f"dig +tries=3 +short @{server.address} {domain} MX").stdout.splitlines()
        return {line.split()[1].rstrip(".") for line in lines if line[:1].isdigit()}

    assert within(30, lambda: exchangers() == named), (exchangers(), named)


def test_the_world_finds_our_policy_and_its_settings(
    machine: Machine, administration: Administration, world: World
) -> None:
    authority = (administration.environment.certificates / "ca.crt").read_text()
    ask = (
        'authority=$(mktemp) && printf %s "$1" > "$authority"; curl --silent --show-error --max-time 20 --retry 3'
        ' --retry-connrefused --cacert "$authority" --write-out "%{http_code} %{remote_ip}" "$2"; rm "$authority"'
    )

    def told(url: str) -> str:
        return str(world.host.run("sh -c %s sh %s %s", ask, authority, url).stdout)

    domain = administration.mail_domains[-1]
    policy = f"https://mta-sts.{domain}{mta_sts.PATH}"
    wanted = f"{mta_sts.policy(administration)}200 {machine.address}"
    assert within(30, lambda: told(policy) == wanted), told(policy)
    settings = f"https://autoconfig.{domain}/mail/config-v1.1.xml"
    assert within(30, lambda: told(settings).endswith(f"200 {machine.address}")), told(settings)
    assert within(30, lambda: "(secure)" in world.looked_up(f"_mta-sts.{domain}", "TXT"))


def test_the_machine_answers_to_the_names_of_its_doors_alone(
    host: Host, machine: Machine, administration: Administration
) -> None:
    for name in (f"{door}.{domain}" for domain in administration.mail_domains for door in DOORS):
        assert host.run(
            "timeout 30 openssl s_client -connect %s -servername %s -verify_hostname %s -verify_return_error -CAfile %s"
            " </dev/null",
            *(f"{machine.address}:443", name, name, "/etc/ssl/administration/ca.crt"),
        ).succeeded, name
    refused = host.run(
        "timeout 30 openssl s_client -connect %s -servername autoconfig.example.net </dev/null",
        f"{machine.address}:443",
    )
    assert "unrecognized name" in refused.stdout + refused.stderr
    # A name that only the request says (Host), in a connection for one that is ours.
    status = host.check_output(
        "curl --silent --insecure --max-time 20 --output /dev/null --write-out %s --header %s --resolve %s %s",
        *(
            "%{http_code}",
            "Host: autoconfig.example.net",
            f"autoconfig.{administration.mail_domains[0]}:443:{machine.address}",
        ),
        f"https://autoconfig.{administration.mail_domains[0]}/mail/config-v1.1.xml",
    )
    assert status in ("404", "421")
