"""Reports on TLS: what Postfix tells is counted, and told as RFC 8460 has it to who may read it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from roles.mail.programs.tls_reports import __main__ as program
from roles.mail.programs.tls_reports.look import matches
from roles.mail.programs.tls_reports.report import Sender, message, readers, report
from roles.mail.programs.tls_reports.store import DETAILS, Store

DAY, DOMAIN, RECORD = "2026-11-28", "ailleurs.example", "v=TLSRPTv1; rua=mailto:tls@ailleurs.example"
SENDER = Sender("Burkina Faso", "plateforme@mtdpce.gov.bf", "mail1.intra.gov.bf")
STS = {"policy-type": 2, "policy-string": ["version: STSv1", "mode: enforce"], "policy-domain": DOMAIN}
WRONG = {"c": 202, "n": "mx.ailleurs.example", "h": "250-mx.ailleurs.example\r\n250 HELP", "r": "198.18.0.29"}


def told(**policy: object) -> dict[str, object]:
    """A datagram of Postfix (libtlsrpt)."""
    return {"dpv": "1", "d": DOMAIN, "pr": RECORD, "policies": [{**STS, "t": 0, "f": 0, **policy}]}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "sessions.sqlite")


def test_sessions_and_failures_are_counted_by_policy(store: Store) -> None:
    for each in (told(), told(), told(f=1, **{"failure-details": [WRONG]}), told(**{"policy-type": 9})):
        store.add(DAY, each)
    said = report(SENDER, DAY, DOMAIN, store.of(DAY, DOMAIN), "1@mail1.intra.gov.bf")
    assert said["date-range"] == {"start-datetime": "2026-11-28T00:00:00Z", "end-datetime": "2026-11-28T23:59:59Z"}
    by_type = {each["policy"]["policy-type"]: each for each in said["policies"]}
    assert by_type["sts"]["summary"] == {"total-successful-session-count": 2, "total-failure-session-count": 1}
    assert by_type["no-policy-found"]["summary"]["total-successful-session-count"] == 1
    assert by_type["sts"]["failure-details"] == [
        {
            "result-type": "certificate-host-mismatch",
            "receiving-mx-hostname": "mx.ailleurs.example",
            "receiving-mx-helo": "mx.ailleurs.example",
            "receiving-ip": "198.18.0.29",
            "failed-session-count": 1,
        }
    ]


def test_a_day_that_is_over_is_told_once(store: Store) -> None:
    store.add(DAY, told())
    assert store.waiting(DAY) == []
    assert store.waiting("2026-11-29") == [(DAY, DOMAIN, RECORD)]
    store.done(DAY, DOMAIN)
    assert store.waiting("2026-11-29") == []


def test_a_server_with_a_thousand_faces_fills_no_disk(store: Store) -> None:
    for number in range(DETAILS + 20):
        store.add(DAY, told(f=1, **{"failure-details": [{"c": 203, "h": f"250 {number}"}]}))
    (policy,) = store.of(DAY, DOMAIN)
    assert policy.failures == DETAILS + 20
    assert len(policy.details) == DETAILS


class Ended(Exception):
    """There is nothing more to look at."""


class Waiting(list[dict[str, Any]]):
    """What is to be looked at, as a queue has it."""

    def get(self) -> dict[str, Any]:
        if not self:
            raise Ended
        return self.pop(0)


def test_what_is_odd_is_left_and_the_next_is_looked_at(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = {"policy-string": ["version: STSv1", program.TESTS]}
    monkeypatch.setattr(program, "today", lambda: DAY)
    monkeypatch.setattr(program.Looks, "at", lambda *_: WRONG)
    with pytest.raises(Ended):
        program._look(store, Waiting([{"policies": [tests]}, told(**tests)]), SENDER.host)  # type: ignore[arg-type]
    (policy,) = store.of(DAY, DOMAIN)
    assert (policy.successes, policy.failures, len(policy.details)) == (0, 1, 1)


def test_a_report_that_cannot_be_made_keeps_no_other_back(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent: list[str] = []

    class Client:
        def __init__(self, *_: object, **__: object) -> None: ...
        def __enter__(self) -> "Client":
            return self

        def __exit__(self, *_: object) -> None: ...
        def send_message(self, letter: Any, *_: object) -> None:
            sent.append(letter["TLS-Report-Domain"])

    store.add(DAY, {**told(), "d": "a.example", "policies": [{"f": 0}]})  # no policy that RFC 8460 knows
    store.add(DAY, told())
    monkeypatch.setattr(program, "Store", lambda: store)
    monkeypatch.setattr(program, "today", lambda: "2026-11-29")
    monkeypatch.setattr(program, "KEEP_DAYS", 36500)
    monkeypatch.setattr(program.smtplib, "SMTP", Client)
    assert program.send(SENDER, None) == 1
    assert sent == [DOMAIN]
    assert "a.example waits" in capsys.readouterr().err
    assert [domain for _, domain, _ in store.waiting("2026-11-29")] == ["a.example"]


def test_the_message_is_what_rfc_8460_asks_for(store: Store) -> None:
    store.add(DAY, told())
    said = report(SENDER, DAY, DOMAIN, store.of(DAY, DOMAIN), "1@mail1.intra.gov.bf")
    letter = message(SENDER, ["tls@ailleurs.example"], DAY, DOMAIN, said)
    assert letter["TLS-Report-Domain"] == DOMAIN
    assert letter["TLS-Required"] == "No"
    assert letter.get_content_type() == "multipart/report"
    _, data = letter.iter_parts()
    assert data.get_content_type() == "application/tlsrpt+gzip"
    assert data.get_filename() == "mtdpce.gov.bf!ailleurs.example!1795824000!1795910399!1.json.gz"
    assert json.loads(gzip.decompress(data.get_content())) == said


@pytest.mark.parametrize(
    ("record", "addresses"),
    [
        (RECORD, ["tls@ailleurs.example"]),
        ("v=TLSRPTv1;rua=mailto:a@b.example,https://b.example/tls,mailto:c@b.example", ["a@b.example", "c@b.example"]),
        ("v=TLSRPTv1; rua=https://b.example/tls", []),
        ("v=TLSRPTv1; rua=mailto:a@b.example%0d%0aBcc:x@y.example", []),
        ("v=TLSRPTv2; rua=mailto:a@b.example", []),
        (
            "v=TLSRPTv1; rua=" + ",".join(f"mailto:a{n}@b.example" for n in range(9)),
            [f"a{n}@b.example" for n in range(3)],
        ),
        ("", []),
    ],
)
def test_who_is_written_to(record: str, addresses: list[str]) -> None:
    assert readers(record) == addresses


@pytest.mark.parametrize(
    ("server", "pattern", "fits"),
    [
        ("mx.b.example", "mx.b.example", True),
        ("mx.b.example", "*.b.example", True),
        ("mx.a.b.example", "*.b.example", False),
        ("b.example", "*.b.example", False),
        ("mx.b.example", "mx.c.example", False),
    ],
)
def test_a_policy_names_its_servers(server: str, pattern: str, fits: bool) -> None:
    assert matches(server, pattern) is fits
