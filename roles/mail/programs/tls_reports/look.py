"""How a server would have fared by a policy that only tests: Postfix sends to it whatever it shows."""

import smtplib
import ssl
import time
from typing import Any

import dns.resolver

RESOLVER = "127.0.0.1"
FRESH = 900  # seconds: a server is looked at no more often
PATIENCE = 20
EXPIRED, ELSEWHERE = 10, 62  # X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_HOSTNAME_MISMATCH
NO_TLS, OTHER_NAME, NOT_TRUSTED, OLD, NOT_IN_POLICY = 201, 202, 203, 204, 205  # of libtlsrpt


class Looks:
    """What was seen of servers lately."""

    def __init__(self, host: str) -> None:
        self.host, self.seen = host, dict[tuple[str, ...], tuple[float, dict[str, Any] | None]]()

    def at(self, domain: str, patterns: list[str]) -> dict[str, Any] | None:
        """What is wrong with the server of a domain's mail; None where nothing is, or where it does not answer."""
        key = (domain, *patterns)
        when, wrong = self.seen.get(key, (float("-inf"), None))
        if time.monotonic() - when > FRESH:
            wrong = self._look(domain, patterns)
            self.seen = {k: v for k, v in self.seen.items() if time.monotonic() - v[0] < FRESH}
            self.seen[key] = (time.monotonic(), wrong)
        return wrong

    def _look(self, domain: str, patterns: list[str]) -> dict[str, Any] | None:
        try:
            resolver = dns.resolver.Resolver(configure=False)
            resolver.nameservers, resolver.lifetime = [RESOLVER], PATIENCE
            found = sorted(resolver.resolve(domain, "MX"), key=lambda each: each.preference)
            server = str(found[0].exchange).rstrip(".").lower()
        except (dns.exception.DNSException, OSError):
            return None
        if not any(matches(server, pattern) for pattern in patterns):
            return {"c": NOT_IN_POLICY, "n": server, "f": "mx-mismatch"}
        try:
            code = session(server, self.host)
        except (OSError, smtplib.SMTPException):
            return None
        return {"c": code, "n": server} if code else None


def matches(server: str, pattern: str) -> bool:
    """RFC 8461, 4.1: a star stands for one label."""
    name = pattern.lower().rstrip(".")
    return server == name or (name.startswith("*.") and server.partition(".")[2] == name[2:])


def session(server: str, host: str) -> int:
    """How TLS with a server ends: 0 where it proves its name."""
    with smtplib.SMTP(server, 25, local_hostname=host, timeout=PATIENCE) as client:
        client.ehlo()
        if not client.has_extn("starttls"):
            return NO_TLS
        try:
            client.starttls(context=ssl.create_default_context())
        except ssl.SSLCertVerificationError as error:
            return {EXPIRED: OLD, ELSEWHERE: OTHER_NAME}.get(error.verify_code, NOT_TRUSTED)
        except ssl.SSLError:
            return NOT_IN_POLICY
    return 0
