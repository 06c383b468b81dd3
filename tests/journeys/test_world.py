"""Mail with the rest of the world: names proved from the root on, TLS that holds, and what is open to strangers."""

import json
from dataclasses import replace

import pytest
from testinfra.host import Host

from deploys.capabilities import ports_of
from inventory import dkim, dnssec
from inventory.model import Administration, Machine
from roles.base import OPEN_PORTS
from roles.common import Port
from roles.played.world.config import HONEST, LIAR, SELECTOR, SENDERS
from tests.mail_programs import MailPrograms
from tests.stranger import say
from tests.waiting import within
from tests.world import SEND_TO_ALL, World, somebody, waiting, world

__all__ = ["somebody", "world"]

# Of a message to each: the TLS that it must have come over, or why it must wait here instead.
ARRIVES = {"plain": False, "encrypted": True, "dane": True, "unsigned": True, "honest": True}
WAITS = {
    "dane-wrong": "not verified",  # another key than the DNS proves
    "dane-plain": "TLS is required",  # the DNS proves that it has a key, and it offers no TLS: somebody is in between
    "bogus": "Name service error",  # what the DNS says of it is proved to be false
}
ARRIVED = """
client = imap(given["login"])
arrived = until(lambda: found(client, given["folder"], "SUBJECT", given["subject"]))
tell(text=raw_of(client, arrived[0]).decode() if arrived else "")
"""
# From elsewhere, as a person who travels: the certificate is verified, and nothing is said before there is TLS.
ROAM = """
tls.load_verify_locations(cadata=given["authority"])
for port in (25, 587):
    client = smtplib.SMTP(server, port, timeout=60)
    client.ehlo()
    tell(**{f"auth {port} in clear": client.has_extn("auth")})
    if port == 587:
        client.starttls(context=tls)
        client.ehlo()
        tell(offered=client.has_extn("auth"))
    client.close()
tell(said=send(given["login"], given["recipient"], letter(given["login"], given["recipient"], given["subject"])))
client = imap(given["login"])
tell(folders=len(client.list()[1]))
"""
# Of each address, the ports that accept a connection; who does not answer within the time drops what it gets.
KNOCK = """
import asyncio, json, sys
given = json.load(sys.stdin)
async def open_at(address, port, many=asyncio.Semaphore(700)):
    async with many:
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), 3)
        except (OSError, asyncio.TimeoutError):
            return None
        writer.close()
        return address, port
async def all_of():
    asked = [open_at(address, port) for address in given["addresses"] for port in given["ports"]]
    return [found for found in await asyncio.gather(*asked) if found]
print(json.dumps(asyncio.run(all_of())))
"""
# What a stranger's checker asks about a domain, as internet.nl's test of mail does: names must be proved (AD).
CHECKED = r"""
import dns.flags, dns.resolver, hashlib, json, smtplib, ssl, sys, time, urllib.request
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
given = json.load(sys.stdin)
resolver = dns.resolver.Resolver()
resolver.use_edns(0, dns.flags.DO, 1232)
resolver.flags = dns.flags.RD | dns.flags.AD

def asked(ask):
    deadline = time.monotonic() + 60
    while True:
        try:
            return ask()
        except (OSError, EOFError, dns.exception.Timeout, dns.resolver.NoNameservers, smtplib.SMTPException):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)

def proved(name, kind):
    answer = asked(lambda: resolver.resolve(name, kind, lifetime=10))
    assert answer.response.flags & dns.flags.AD, f"{name} {kind} is not proved"
    return list(answer)

def text(name):
    return ["".join(part.decode() for part in each.strings) for each in proved(name, "TXT")]

def tls(server):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    def ask():
        with smtplib.SMTP(server, 25, timeout=30) as client:
            client.starttls(context=context)
            key = x509.load_der_x509_certificate(client.sock.getpeercert(True)).public_key()
            public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return client.sock.version(), hashlib.sha256(public).hexdigest()
    return ask

def answer(domain):
    servers = sorted(str(each.exchange)[:-1] for each in proved(domain, "MX"))
    said = {"mx": servers, "spf": text(domain), "dmarc": text("_dmarc." + domain), "sts": text("_mta-sts." + domain)}
    said["dkim"] = [text(f"{selector}._domainkey.{domain}")[0][:10] for selector in given["selectors"]]
    context = ssl.create_default_context(cadata=given["authority"])
    policy = "https://mta-sts." + domain + "/.well-known/mta-sts.txt"
    said["policy"] = asked(lambda: urllib.request.urlopen(policy, timeout=30, context=context).read().decode())
    said["keys"] = {}
    for server in servers:
        assert proved(server, "A")
        digests = [each.cert.hex() for each in proved("_25._tcp." + server, "TLSA")]
        version, digest = asked(tls(server))
        said["keys"][server] = [version, len(digests), digest in digests]
    return said

print(json.dumps({domain: answer(domain) for domain in given["domains"]}))
"""
OTHERS = {21, 23, 80, 110, 111, 143, 179, 389, 443, 631, 995, 2525, 3306, 3389, 5900, 8080, 8443, 9100, 11334}


def test_our_names_are_proved_from_the_root_on(administration: Administration, world: World) -> None:
    asked = [(zone, "SOA") for zone in dnssec.zones(administration)]
    asked += [(domain, "MX") for domain in administration.mail_domains]
    asked += [(f"_25._tcp.{server.fqdn}", "TLSA") for server in administration.mail_servers]
    for name, kind in asked:
        assert within(60, lambda name=name, kind=kind: "(secure)" in world.looked_up(name, kind)), (
            name,
            kind,
            world.looked_up(name, kind),
        )
    # And what is false or unsigned would be seen.
    assert within(60, lambda: "(BOGUS" in world.looked_up("mx.bogus.example", "A"))
    assert within(60, lambda: "(insecure)" in world.looked_up("mx.unsigned.example", "A"))


def test_who_honours_dane_verifies_each_of_our_servers(administration: Administration, world: World) -> None:
    for domain in administration.mail_domains:
        seen = ""

        def verified(domain: str = domain) -> bool:
            nonlocal seen
            seen = world.host.run("timeout 60 posttls-finger -l dane -c -T 20 %s 2>&1", domain).stdout
            return "Matched DANE" in seen and "Verified TLS connection established" in seen

        assert within(60, verified), seen


def test_a_checker_elsewhere_finds_each_of_our_domains_in_order(administration: Administration, world: World) -> None:
    selectors = dkim.signing(dkim.today())
    given = {
        "domains": administration.mail_domains,
        "selectors": selectors,
        "authority": (administration.environment.certificates / "ca.crt").read_text(),
    }
    said = json.loads(world.host.check_output("printf '%%s' %s | python3 -c %s", json.dumps(given), CHECKED))
    servers = sorted(server.fqdn for server in administration.mail_servers)
    for domain in administration.mail_domains:
        found = said[domain]
        assert found["mx"] == servers, found
        assert [text for text in found["spf"] if text.startswith("v=spf1")] == ["v=spf1 mx -all"], found
        assert "p=reject" in found["dmarc"][0], found
        assert found["dkim"] == ["v=DKIM1; k"] * len(selectors), found
        assert found["sts"][0].startswith("v=STSv1; id="), found
        assert all(f"mx: {server}" in found["policy"] for server in servers), found
        # The key that is used, and the next one: it can be changed without a moment in which no record is true.
        assert found["keys"] == {server: ["TLSv1.3", 2, True] for server in servers}, found


def test_mail_leaves_over_the_tls_that_is_proved_or_waits(
    world: World, programs: MailPrograms, mail_server: Host, pair: tuple[str, str], somebody: str
) -> None:
    domains = [f"{name}.example" for name in (*ARRIVES, *WAITS)]
    mail_server.check_output("held-mail forgive %s", pair[1])
    since = mail_server.check_output("date +@%s")
    to = [f"{somebody}@{domain}" for domain in domains]
    assert programs.run(SEND_TO_ALL, [pair[1]], login=pair[1], to=to, subject=somebody)["refused"] == []
    assert world.gets(somebody, len(ARRIVES), 90), world.received(somebody)

    def all_told() -> bool:
        """Whether each that waits does so for its reason, and nothing else waits."""
        reasons = waiting(mail_server, somebody)
        told = all(reason in reasons.get(f"{name}.example", "") for name, reason in WAITS.items())
        return told and len(reasons) == len(WAITS)

    assert within(90, all_told), waiting(mail_server, somebody)
    got = {recipient: bool(each["tls"]) for each in world.received(somebody) for recipient in each["recipients"]}
    assert got == {f"{somebody}@{name}.example": tls for name, tls in ARRIVES.items()}
    verified = "Verified TLS connection established to mx.dane.example"
    logged = f"journalctl -u postfix --since {since} | grep -F %s"
    assert within(30, lambda: mail_server.run(logged, verified).rc == 0)


def test_who_writes_in_their_own_name_arrives_and_who_lies_does_not(
    world: World, programs: MailPrograms, pair: tuple[str, str], tag: str
) -> None:
    honest = {"source": world.address(HONEST), "helo": SENDERS[HONEST]}
    liar = {"source": world.address(LIAR), "helo": SENDERS[LIAR]}
    name = {"sender": "someone@honest.example", "author": "someone@honest.example", "subject": tag}
    signed = ["/etc/world/tls/dkim.pem", SELECTOR, "honest.example"]

    def told(**values: object) -> tuple[int, str]:
        return say(world.host, programs.server, pair[0], ["letter"], **values)["letter"]

    assert told(**honest, **name, signed=signed)[0] == 250
    text = programs.run(ARRIVED, [pair[0]], login=pair[0], folder="INBOX", subject=tag)["text"]
    results = " ".join(text[text.index("Authentication-Results:") :].split())
    for proof in ("spf=pass", "dkim=pass", "dmarc=pass"):
        assert proof in results, text

    code, said = told(**liar, **name)
    assert (code, "DMARC policy is reject" in said) == (554, True), said
    # In our name, whatever the envelope: from a server that is honest in its own.
    for sender in ("", "someone@honest.example"):
        code, said = told(**honest, sender=sender, author=pair[1], subject=tag, signed=signed)
        assert (code, "Message refuse" in said) == (554, True), said
    assert told(**honest, sender=pair[1], author=pair[1], subject=tag)[0] // 100 == 5
    # Where the domain asks for less it is where spam is.
    put = tag + "-quarantine"
    name = {"sender": "someone@quarantine.example", "author": "someone@quarantine.example", "subject": put}
    assert told(**liar, **name)[0] == 250
    assert programs.run(ARRIVED, [pair[0]], login=pair[0], folder="Indésirables", subject=put)["text"]


def test_nothing_else_is_open_to_the_world(administration: Administration, world: World) -> None:
    def opens(port: Port) -> bool:
        return port.source == "world" or (port.source == "roaming" and administration.platform.mail.roaming)

    machines: list[Machine] = list(administration.machines.values())
    ports = {machine.name: [*OPEN_PORTS, *ports_of(machine)] for machine in machines}
    asked = OTHERS | {port.number for each in ports.values() for port in each if isinstance(port.number, int)}
    declared = {
        (str(machine.address), port.number)
        for machine in machines
        for port in ports[machine.name]
        if port.protocol == "tcp" and opens(port)
    }
    given = json.dumps({"addresses": [str(machine.address) for machine in machines], "ports": sorted(asked)})

    def found() -> set[tuple[str, int]]:
        said = world.host.check_output("printf '%%s' %s | timeout 100 python3 -c %s", given, KNOCK)
        return {(address, port) for address, port in json.loads(said)}

    seen: set[tuple[str, int]] = set()

    def everything() -> bool:
        """Whether all that is to be open was seen open; a machine that is busy is asked again."""
        seen.update(found())
        return seen >= declared

    assert within(60, everything), declared - seen
    assert seen == declared, seen - declared


def test_people_read_and_send_from_elsewhere_over_tls_alone(
    administration: Administration, world: World, programs: MailPrograms, pair: tuple[str, str], tag: str
) -> None:
    if not administration.platform.mail.roaming:
        pytest.skip("nobody roams")
    authority = (administration.environment.certificates / "ca.crt").read_text()
    roaming = replace(programs, workstation=world.desk)
    said = roaming.run(ROAM, [pair[1]], login=pair[1], recipient=pair[0], subject=tag, authority=authority)
    assert said["auth 25 in clear"] is said["auth 587 in clear"] is False
    assert said["offered"] is True
    assert said["said"] == [250, ""]
    assert said["folders"]
    assert programs.run(ARRIVED, [pair[0]], login=pair[0], folder="INBOX", subject=tag)["text"]
