"""A report as RFC 8460 has it, and the message that brings it."""

import gzip
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage, MIMEPart
from email.utils import localtime, make_msgid
from typing import Any
from urllib.parse import unquote

from .store import Policy

TYPES = {1: "tlsa", 2: "sts", 9: "no-policy-found"}
RESULTS = {
    201: "starttls-not-supported",
    202: "certificate-host-mismatch",
    203: "certificate-not-trusted",
    204: "certificate-expired",
    205: "validation-failure",
    301: "sts-policy-fetch-error",
    302: "sts-policy-invalid",
    303: "sts-webpki-invalid",
    304: "tlsa-invalid",
    305: "dnssec-invalid",
    306: "dane-required",
}
WORDS = {
    "s": "sending-mta-ip",
    "n": "receiving-mx-hostname",
    "h": "receiving-mx-helo",
    "r": "receiving-ip",
    "a": "additional-information",
    "f": "failure-reason-code",
}
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
MOST = 3  # addresses of a record: nobody makes us write to a hundred


@dataclass(frozen=True)
class Sender:
    """In whose name reports are."""

    organization: str
    address: str  # somebody reads it
    host: str

    @property
    def domain(self) -> str:
        """Of the address: its keys sign the report."""
        return self.address.partition("@")[2]


def readers(record: str) -> list[str]:
    """The mail addresses that a record of the DNS asks us to write to."""
    if not re.match(r"v=TLSRPTv1\s*;", record):
        return []
    places = [
        place.strip()
        for part in record.split(";")
        if part.strip().startswith("rua=")
        for place in part.strip()[4:].split(",")
    ]
    addresses = [unquote(place[7:].partition("?")[0]) for place in places if place.lower().startswith("mailto:")]
    return [address for address in dict.fromkeys(addresses) if ADDRESS.fullmatch(address)][:MOST]


def report(sender: Sender, day: str, domain: str, policies: Iterable[Policy], identifier: str) -> dict[str, Any]:
    """What is told of a day."""
    return {
        "organization-name": sender.organization,
        "date-range": {"start-datetime": f"{day}T00:00:00Z", "end-datetime": f"{day}T23:59:59Z"},
        "contact-info": sender.address,
        "report-id": identifier,
        "policies": [_policy(domain, each) for each in policies],
    }


def _policy(domain: str, each: Policy) -> dict[str, Any]:
    policy = {"policy-domain": domain, **each.policy, "policy-type": TYPES[each.policy["policy-type"]]}
    summary = {"total-successful-session-count": each.successes, "total-failure-session-count": each.failures}
    details = [
        {
            "result-type": RESULTS.get(detail.get("c"), "validation-failure"),
            **{WORDS[key]: _first(value) if key == "h" else value for key, value in detail.items() if key in WORDS},
            "failed-session-count": sessions,
        }
        for detail, sessions in each.details
    ]
    return {"policy": policy, "summary": summary, **({"failure-details": details} if details else {})}


def _first(greeting: str) -> str:
    """The name in a server's answer to EHLO, of which Postfix tells every line."""
    return greeting.split("\r\n")[0].removeprefix("250-").removeprefix("250 ").split(" ")[0]


def message(sender: Sender, to: list[str], day: str, domain: str, told: dict[str, Any]) -> EmailMessage:
    """The message of a report (RFC 8460, 5.3)."""
    begins = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    ends = begins + timedelta(days=1, seconds=-1)
    identifier = told["report-id"]
    when = f"{begins.timestamp():.0f}!{ends.timestamp():.0f}"
    name = f"{sender.domain}!{domain}!{when}!{identifier.partition('@')[0]}.json.gz"
    letter = EmailMessage()
    letter["From"], letter["To"] = f"Rapports TLS <{sender.address}>", ", ".join(to)
    letter["Subject"] = f"Report Domain: {domain} Submitter: {sender.domain} Report-ID: <{identifier}>"
    letter["Date"], letter["Message-ID"] = localtime(), make_msgid(domain=sender.domain)
    letter["TLS-Report-Domain"], letter["TLS-Report-Submitter"] = domain, sender.domain
    letter["Auto-Submitted"] = "auto-generated"
    # Who has trouble with TLS is to hear of it all the same (RFC 8460, 3; RFC 8689).
    letter["TLS-Required"] = "No"
    letter["MIME-Version"] = "1.0"
    letter["Content-Type"] = 'multipart/report; report-type="tlsrpt"'
    words = MIMEPart()
    words.set_content(f"This is an aggregate TLS report from {sender.domain} ({sender.organization}) for {domain}.\n")
    data = MIMEPart()
    data.set_content(gzip.compress(json.dumps(told).encode()), "application", "tlsrpt+gzip", filename=name)
    letter.attach(words)
    letter.attach(data)
    return letter
