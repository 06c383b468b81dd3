"""What others ask of who sends to them: a server that proves itself (MTA-STS, after DANE), and reports of it all."""

import email
import email.policy
import gzip
import json
from email.message import EmailMessage
from typing import Any
from xml.etree import ElementTree

from testinfra.backend.base import CommandResult
from testinfra.host import Host

from inventory.model import Administration
from inventory.targets import MAIL
from roles.mail.config import MailConfig
from roles.played.world.config import ELSEWHERE, HONEST, READER, STS
from tests.conftest import connect
from tests.mail_programs import MailPrograms
from tests.stranger import say
from tests.waiting import within
from tests.world import SEND_TO_ALL, World, proof_asked, somebody, take_back, waiting, world

__all__ = ["somebody", "world"]

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
SIGNED = "import dkim, sys; sys.exit(not dkim.verify(sys.stdin.buffer.read()))"
PARTNER = "partenaire.bf"


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


def told_now(mail_server: Host, domain: str) -> CommandResult:
    """A report on what was counted of a domain, today too; one that Postfix does not take now waits."""
    return mail_server.run("timeout 60 tls-reports send %s", domain)


def told(mail_server: Host, world: World, domain: str, since: float) -> tuple[str, EmailMessage]:
    """The report on TLS that a domain gets now. What Postfix tells is counted a moment later."""
    mine = f"TLS-Report-Domain: {domain}"

    assert within(60, lambda: f" {domain}: {READER}" in told_now(mail_server, domain).stdout), domain
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
    somebody: str,
) -> None:
    assert set(SENDS) == set(STS)
    for domain in SENDS:
        # A policy that was fetched once is kept: one that a busy machine serves late would be no policy.
        assert within(60, lambda domain=domain: proof_asked(mail_server, domain) != ""), domain  # type: ignore[misc]
        assert within(60, lambda domain=domain: told_now(mail_server, domain).succeeded), domain  # type: ignore[misc]
    mail_server.check_output("held-mail forgive %s", pair[1])
    since, logged = now(world), mail_server.check_output("date +@%s")
    before = refused(administration)
    to = [f"{somebody}@{domain}" for domain in SENDS]
    assert programs.run(SEND_TO_ALL, [pair[1]], login=pair[1], to=to, subject=somebody)["refused"] == []

    goes = {domain for domain, (goes, _) in SENDS.items() if goes}
    assert world.gets(somebody, len(goes), 90), waiting(mail_server, somebody)
    unproved = "Server certificate not"  # "trusted" or "verified"
    why = {domain: unproved if kind else "server unavailable" for domain, (_, kind) in SENDS.items()}
    assert within(
        60,
        lambda: all(why[domain] in waiting(mail_server, somebody).get(domain, "") for domain in set(SENDS) - goes),
    ), waiting(mail_server, somebody)
    got = {recipient.partition("@")[2] for each in world.received(somebody) for recipient in each["recipients"]}
    assert got == goes
    assert within(30, lambda: set(waiting(mail_server, somebody)) == set(SENDS) - goes), waiting(mail_server, somebody)
    take_back(mail_server, somebody)  # it would be tried again
    assert within(30, lambda: not waiting(mail_server, somebody))
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
