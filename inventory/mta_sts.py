"""The MTA-STS policy of the mail domains (RFC 8461): which servers take their mail, and that TLS to these must hold.

One text for all domains, since one set of servers takes the mail of all.
"""

from hashlib import sha256

from inventory.model import Administration

PATH = "/.well-known/mta-sts.txt"
DAY = 86400  # seconds


def exchangers(administration: Administration) -> tuple[str, ...]:
    """The servers that take mail: every MX of every zone, whichever is the first of them today."""
    return tuple(sorted(server.fqdn for server in administration.mail_servers))


def policy(administration: Administration) -> str:
    """What is served at PATH. A server that a zone names and the policy does not would get no mail."""
    wanted = administration.platform.mail.mta_sts
    return "".join(
        f"{line}\n"
        for line in (
            "version: STSv1",
            f"mode: {wanted.mode}",
            *(f"mx: {server}" for server in exchangers(administration)),
            f"max_age: {wanted.max_age_days * DAY}",
        )
    )


def policy_id(administration: Administration) -> str:
    """What `_mta-sts` says of it: another one as soon as the policy is another."""
    return sha256(policy(administration).encode()).hexdigest()[:20]
