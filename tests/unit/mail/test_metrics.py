"""The figures of mail, from lines that Postfix and Dovecot wrote."""

import json

import pytest

from roles.mail.programs.mail_metrics import Figures, waiting

DOMAINS = {"sante.gov.bf": "sante", "mtdpce.gov.bf": "mtdpce"}
FROM = "4563F548859: milter-reject: END-OF-MESSAGE from app1.intra.gov.bf[10.10.10.14]: 5.7.1 Gtube pattern;"
LMTP = "relay=mail1.intra.gov.bf[private/dovecot-lmtp]"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            f"0BC5A5488C4: to=<m@Sante.gov.bf>, orig_to=<tous@mtdpce.gov.bf>, {LMTP}, delay=41,"
            " delays=41/0/0.05/0.02, dsn=2.0.0, status=sent (250 2.0.0 <m@sante.gov.bf> Saved)",
            'mail_recipients_total{institution="sante",result="sent"} 1',
        ),
        (
            "4EAD85488AC: to=<q@example.org>, relay=none, delay=1, delays=1/0/0/0, status=deferred (connect)",
            'mail_recipients_total{institution="outside",result="deferred"} 1',
        ),
        (
            "D6BD656A52E: to=<x@sts-wrong.example>, relay=mx.sts-wrong.example[198.18.0.29]:25, delay=0.35,"
            " delays=0.27/0.05/0.02/0, dsn=4.7.5, status=deferred (Server certificate not verified)",
            'mail_tls_refused_total{result="deferred"} 1',
        ),
        (
            "warning: MX name 'mx.sts-other.example' does not match STS MX pattern for 'sts-other.example'",
            'mail_tls_refused_total{result="deferred"} 1',
        ),
        (
            f"{FROM} from=<someone@example.org> to=<awa@mtdpce.gov.bf> proto=ESMTP helo=<app1.intra.gov.bf>",
            'mail_rejects_total{institution="mtdpce",kind="permanent"} 1',
        ),
        (
            "NOQUEUE: reject: RCPT from [10.10.10.14]:4321: 450 4.3.2 Service currently unavailable; from=<a@b.c>,"
            " to=<x@sante.gov.bf>, proto=ESMTP, helo=<to=<y@mtdpce.gov.bf>>",
            'mail_rejects_total{institution="sante",kind="temporary"} 1',
        ),
        (
            "04B335642FA: client=ws1.intra.gov.bf[10.20.10.21], sasl_method=PLAIN, sasl_username=m@sante.gov.bf",
            'mail_submissions_total{institution="sante"} 1',
        ),
        (
            "imap-login: Logged in: user=<awa@mtdpce.gov.bf>, method=PLAIN, rip=10.10.10.25, TLS",
            'mail_logins_total{institution="mtdpce",result="ok",service="imap"} 1',
        ),
        (
            "managesieve-login: Login aborted: Connection closed (auth failed) (auth_failed): user=<>,",
            'mail_logins_total{institution="outside",result="failed",service="sieve"} 1',
        ),
        (
            "warning: ws1[10.20.10.21]: SASL PLAIN authentication failed: (reason), sasl_username=s@sante.gov.bf",
            'mail_logins_total{institution="sante",result="failed",service="submission"} 1',
        ),
    ],
)
def test_a_line_is_counted_for_its_institution(line: str, expected: str) -> None:
    figures = Figures(DOMAINS)
    figures.read(line)
    assert expected in list(figures.shown())


def test_what_says_nothing_of_mail_and_what_comes_back_to_us_is_only_a_line() -> None:
    figures = Figures(DOMAINS)
    figures.read("60E585641D6: removed")
    figures.read(
        "6A: to=<m@sante.gov.bf>, relay=127.0.0.1[127.0.0.1]:10588, delay=1, delays=1/0/0/0, status=sent (250)"
    )
    told = [line for line in figures.shown() if not line.startswith("#")]
    assert told == ["mail_journal_lines_total 2"]


def test_delays_are_a_histogram_of_what_arrived() -> None:
    figures = Figures(DOMAINS)
    for delay in ("0.2", "3", "4000"):
        figures.read(f"6A: to=<m@sante.gov.bf>, {LMTP}, delay={delay}, delays=1/0/0/0, dsn=2.0.0, status=sent (250)")
    told = [line for line in figures.shown() if line.startswith("mail_delivery_seconds")]
    assert [line.rpartition(" ")[2] for line in told] == ["1", "2", "2", "2", "2", "2", "3", "3", "4003.2"]
    assert 'mail_delivery_seconds_bucket{le="+Inf",to="inside"} 3' in told


def test_what_waits_is_counted_by_queue_with_its_oldest() -> None:
    queue = "".join(
        json.dumps({"queue_name": name, "queue_id": "6A", "arrival_time": at}) + "\n"
        for name, at in (("deferred", 100), ("deferred", 400), ("active", 900))
    )
    told = list(waiting(queue, True, 1000.0))
    assert 'mail_queue_messages{queue="deferred"} 2' in told
    assert 'mail_queue_oldest_seconds{queue="deferred"} 900' in told
    assert 'mail_queue_messages{queue="hold"} 0' in told
    assert 'mail_queue_oldest_seconds{queue="hold"} 0' in told


def test_a_queue_that_cannot_be_read_is_not_an_empty_one() -> None:
    assert list(waiting("", False, 1000.0))[1:] == ["mail_queue_readable 0"]
