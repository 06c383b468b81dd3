"""What others ask of who sends to them: a server that proves itself (MTA-STS, after DANE), and reports of it all."""

import email
import email.policy
import gzip
import json
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from testinfra.host import Host

from inventory.model import Administration
from inventory.targets import MAIL
from roles.mail.config import MailConfig
from roles.played.world.config import ELSEWHERE, HONEST, READER, STS
from tests.conftest import connect
from tests.mail_programs import MailPrograms
from tests.stranger import say
from tests.waiting import within
from tests.world import World, world

__all__ = ["world"]

# By domain, whether a message goes to it, and what Postfix would have to tell: by which policy, and how it ended.
SENDS = {
    "sts.example": (True, "sts"),
    "sts-wrong.example": (False, "sts"),  # "enforce", and its certificate vouches for itself
    "sts-other.example": (False, None),  # its policy names another server: no session, so nothing to tell
    "sts-testing.example": (True, "sts"),  # so does this one's, and the policy only tests: it is reported
    "sts-dane.example": (True, "tlsa"),  # the same certificate; the DNS proves its key, which comes first
    "sts-dane-wrong.example": (False, "tlsa"),  # a public certificate, and the DNS proves another key
}
FAILS = {"sts-wrong.example", "sts-testing.example", "sts-dane-wrong.example"}
SEND = """
def connected():
    client = smtplib.SMTP_SSL(server, 465, context=tls, timeout=120)
    client.ehlo()
    client.user, client.password = given["login"], given["passwords"][given["login"]]
    try:
        client.auth("PLAIN", client.auth_plain)  # login() would try a wrong password twice
    except smtplib.SMTPResponseException as error:
        if error.smtp_code // 100 != 4:
            raise
        raise OSError(error) from error
    return client
client = again(connected)
refused = client.send_message(letter(given["login"], given["to"][0], given["subject"]), given["login"], given["to"])
tell(refused=sorted(refused))
"""
TAKEN_BACK = (
    "import json, sys; [print(m['queue_id']) for m in map(json.loads, sys.stdin)"
    " if any(r['address'].startswith(sys.argv[1]) for r in m['recipients'])]"
)
SIGNED = "import dkim, sys; sys.exit(not dkim.verify(sys.stdin.buffer.read()))"
PARTNER = "partenaire.bf"


@pytest.fixture
def word(mail_server: Host) -> Iterator[str]:
    """What begins the addresses of a test; what still waits for them is taken back."""
    found = f"rapports{uuid4().hex[:12]}"
    yield found
    mail_server.run("postqueue -j | python3 -c %s %s | postsuper -d -", TAKEN_BACK, found)


def waiting(mail_server: Host, word: str) -> dict[str, str]:
    """By domain, why a message to it waits."""
    queued = [json.loads(line) for line in mail_server.check_output("postqueue -j").splitlines()]
    each = [recipient for message in queued for recipient in message["recipients"]]
    return {r["address"].partition("@")[2]: r.get("delay_reason", "") for r in each if r["address"].startswith(word)}


def arrived(world: World, words: str, to: str, since: float) -> list[tuple[str, EmailMessage]]:
    """The messages with some words that came to an address since then: as they came, and read."""
    texts = [each["text"] for each in world.received(words) if each["at"] > since and to in each["recipients"]]
    read: list[Any] = [(text, email.message_from_string(text, policy=email.policy.default)) for text in texts]
    return read


def attached(message: EmailMessage) -> bytes:
    """What a report brings, unpacked."""
    content: bytes = next(message.iter_attachments()).get_content()
    return gzip.decompress(content)


def now(world: World) -> float:
    return float(world.host.check_output("date +%s.%N"))


def signed(world: World, text: str) -> bool:
    """Whether our keys in the DNS vouch for a message; a name that takes long is asked again."""
    asked = "printf '%%s' %s | timeout 30 python3 -c %s"
    return within(60, lambda: world.host.run(asked, text, SIGNED).succeeded)


def told(mail_server: Host, world: World, domain: str, since: float) -> tuple[str, EmailMessage]:
    """The report on TLS that a domain gets now. What Postfix tells is counted a moment later."""
    mine = f"TLS-Report-Domain: {domain}"

    def sent() -> bool:
        return f" {domain}: {READER}" in mail_server.check_output("timeout 60 tls-reports send %s", domain)

    assert within(60, sent), domain
    assert within(60, lambda: bool(arrived(world, mine, READER, since))), domain
    return arrived(world, mine, READER, since)[-1]


def refused(administration: Administration) -> float:
    """How often a server elsewhere did not prove itself, as a Prometheus reads it."""
    server = administration.running("mail")[0]
    asked = "curl -fsS --retry 5 --retry-connrefused http://%s:%s/metrics"
    figures = connect(administration, server.name).check_output(asked, str(server.address), str(MAIL))
    counted = (line.split() for line in figures.splitlines() if line.startswith("mail_tls_refused_total{"))
    return sum(float(count) for _, count in counted)


def test_a_server_that_does_not_prove_itself_gets_nothing_and_its_domain_is_told(
    world: World,
    administration: Administration,
    programs: MailPrograms,
    mail_server: Host,
    pair: tuple[str, str],
    word: str,
) -> None:
    assert set(SENDS) == set(STS)
    for domain in SENDS:  # what was counted before is told before
        mail_server.check_output("timeout 60 tls-reports send %s", domain)
    mail_server.check_output("held-mail forgive %s", pair[1])
    since, logged = now(world), mail_server.check_output("date +@%s")
    before = refused(administration)
    to = [f"{word}@{domain}" for domain in SENDS]
    assert programs.run(SEND, [pair[1]], login=pair[1], to=to, subject=word)["refused"] == []

    goes = {domain for domain, (goes, _) in SENDS.items() if goes}
    assert world.gets(word, len(goes), 90), waiting(mail_server, word)
    unproved = "Server certificate not"  # "trusted" or "verified"
    why = {domain: unproved if kind else "server unavailable" for domain, (_, kind) in SENDS.items()}
    assert within(
        60,
        lambda: all(why[domain] in waiting(mail_server, word).get(domain, "") for domain in set(SENDS) - goes),
    ), waiting(mail_server, word)
    got = {recipient.partition("@")[2] for each in world.received(word) for recipient in each["recipients"]}
    assert got == goes
    assert set(waiting(mail_server, word)) == set(SENDS) - goes
    mail_server.run("postqueue -j | python3 -c %s %s | postsuper -d -", TAKEN_BACK, word)  # it would be tried again
    assert within(30, lambda: not waiting(mail_server, word))
    assert within(30, lambda: refused(administration) >= before + len(SENDS) - len(goes))

    for domain, (_, kind) in SENDS.items():
        if kind is None:
            continue
        text, message = told(mail_server, world, domain, since)
        assert message.get_content_type() == "multipart/report"
        said = json.loads(attached(message))
        (policy,) = said["policies"]
        assert policy["policy"]["policy-type"] == kind, said
        # Each session was told once, and no other.
        sessions = int(
            mail_server.check_output(
                "journalctl -u postfix --since %s -o cat | grep -c %s", logged, f"TLSRPT: status=.*, domain={domain},"
            )
        )
        failed = sessions if domain in FAILS else 0
        assert policy["summary"] == {
            "total-successful-session-count": sessions - failed,
            "total-failure-session-count": failed,
        }, said
        assert sum(each["failed-session-count"] for each in policy.get("failure-details", [])) == failed
        assert signed(world, text), text


def test_who_asks_for_it_is_told_how_mail_in_their_name_fared(
    world: World, programs: MailPrograms, mail_server: Host, pair: tuple[str, str], tag: str
) -> None:
    reader = next(line for line in ELSEWHERE if "v=DMARC1" in line).rpartition("mailto:")[2].strip('"')
    valkey = "valkey-cli -s /run/valkey/valkey.sock"
    today = mail_server.check_output("date +%Y%m%d")
    yesterday = mail_server.check_output("date -d yesterday +%Y%m%d")
    kept = f"dmarc_rpt;{PARTNER};mailto:{reader};{today}"
    mail_server.check_output(f"{valkey} del %s", kept)
    since = now(world)
    honest = {"source": world.address(HONEST), "helo": "mx.honest.example"}
    name = {"sender": f"someone@{PARTNER}", "author": f"someone@{PARTNER}", "subject": tag}
    assert say(world.host, programs.server, pair[0], ["letter"], **honest, **name)["letter"][0] == 250
    assert within(30, lambda: mail_server.check_output(f"{valkey} exists %s", kept) == "1")
    # The service tells of yesterday: what was counted today is put there.
    index = "dmarc_idx;"
    mail_server.check_output(f"{valkey} sunionstore %s %s %s", index + yesterday, index + yesterday, index + today)
    mail_server.check_output(f"{valkey} del %s", index + today)
    mail_server.check_output("timeout 120 systemctl start send-dmarc-reports.service")

    mine = f"Report Domain: {PARTNER}"
    assert within(60, lambda: bool(arrived(world, mine, reader, since)))
    text, message = arrived(world, mine, reader, since)[-1]
    report = ElementTree.fromstring(attached(message))
    assert report.findtext("policy_published/domain") == PARTNER
    rows = {row.findtext("row/source_ip"): row for row in report.findall("record")}
    assert set(rows) == {world.address(HONEST)}
    row = rows[world.address(HONEST)]
    assert int(row.findtext("row/count") or 0) >= 1
    assert row.findtext("row/policy_evaluated/spf") == "pass"
    assert signed(world, text), text


def test_reports_on_us_reach_people(
    world: World, programs: MailPrograms, administration: Administration, wanted: MailConfig, tag: str
) -> None:
    rua = administration.platform.contact
    reader = next(alias.mailboxes[0] for alias in wanted.aliases if alias.address == rua)
    assert say(world.host, programs.server, rua, ["report"], subject=tag)["report"] == (250, "")
    assert tag in programs.take(reader, tag)
