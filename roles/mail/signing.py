"""The keys that mail is signed with, as rspamd reads them."""

from inventory import dkim
from inventory.secrets import Secret, Secrets


def key_of(secrets: Secrets, domain: str, selector: str) -> Secret:
    """The private key of a domain and selector."""
    key = secrets.get(dkim.SCOPE, dkim.secret_of(domain, selector))
    return key if key.withheld else Secret(dkim.for_rspamd(key.reveal()))
