"""How a server elsewhere must prove itself: DANE before MTA-STS, and what cannot be known now makes mail wait."""

import asyncio
from collections.abc import Callable

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from roles.mail.programs import tls_policy
from roles.mail.programs.tls_policy import NONE, Unknown, answer

SECURE = (
    "OK secure match=mx.b.example servername=hostname policy_type=sts policy_domain=b.example { policy_string = x }"
)
MX, A = "b.example. 5 IN MX 10 mx.b.example.", "mx.b.example. 5 IN A 198.18.0.1"
TLSA = "_25._tcp.mx.b.example. 5 IN TLSA 3 1 1 " + 64 * "0"
PKIX = TLSA.replace("3 1 1", "1 1 1")  # a use that mail does not take
SERVFAIL = "SERVFAIL"


def played(proved: bool, *records: str, policies: dict[str, str] | None = None) -> Callable[[pytest.MonkeyPatch], None]:
    """A resolver and an MTA-STS daemon that know this."""

    async def asked(name: str, kind: str) -> dns.message.QueryMessage:
        reply = dns.message.make_response(dns.message.make_query(name, kind))
        assert isinstance(reply, dns.message.QueryMessage)
        if proved:
            reply.flags |= dns.flags.AD
        for record in records:
            if record == f"{kind} {SERVFAIL}":
                reply.set_rcode(dns.rcode.SERVFAIL)
            elif record.startswith(f"{name}. ") and f" IN {kind} " in record:
                owner, ttl, _, _, data = record.split(" ", 4)
                reply.answer.append(dns.rrset.from_text(owner, int(ttl), "IN", kind, data))
        return reply

    async def said(_: str, zone: str, __: str) -> str:
        found = (policies or {}).get(zone, "")
        if found == SERVFAIL:
            raise Unknown("it is away")
        return found

    def play(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tls_policy, "asked", asked)
        monkeypatch.setattr(tls_policy, "said", said)

    return play


ENFORCED = {"enforced": SECURE, "tested": SECURE}


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (played(True, MX, A), NONE),
        (played(True, MX, A, policies=ENFORCED), SECURE),
        (played(True, MX, A, TLSA), NONE),  # Postfix does DANE by itself
        (played(True, MX, A, TLSA, policies=ENFORCED), "OK dane-only"),
        (played(True, MX, A, PKIX, policies=ENFORCED), SECURE),
        (played(True, MX, A, f"TLSA {SERVFAIL}", policies=ENFORCED), "OK dane-only"),
        (played(False, MX, A, TLSA, policies=ENFORCED), SECURE),  # a record that nobody vouches for
        (
            played(True, MX, A, policies={"tested": SECURE}),
            "OK may policy_type=sts policy_domain=b.example { policy_string = x }",
        ),
        (played(True, f"MX {SERVFAIL}", policies=ENFORCED), "TEMP MX of b.example: SERVFAIL"),
        (played(True, MX, A, policies={"enforced": SERVFAIL}), "TEMP it is away"),
    ],
)
def test_dane_comes_first(
    play: Callable[[pytest.MonkeyPatch], None], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch)
    assert asyncio.run(answer("B.example", "/nowhere")) == expected


@pytest.mark.parametrize("domain", ["", "[198.18.0.1]", ".example", "198.18.0.1", "fe80::1", "[mx.b.example]:25"])
def test_what_is_no_domain_has_no_policy(domain: str) -> None:
    assert asyncio.run(answer(domain, "/nowhere")) == NONE


def test_a_daemon_that_is_away_makes_mail_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    said = tls_policy.said
    played(True, MX, A)(monkeypatch)
    monkeypatch.setattr(tls_policy, "said", said)
    assert asyncio.run(answer("b.example", "/nowhere")).startswith("TEMP MTA-STS cannot be asked")
