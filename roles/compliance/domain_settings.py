"""The rules of a controller itself: what its smb.conf says, and its certificate."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cryptography import x509

from roles.compliance.domain import Controller
from roles.directory.audit import CLASSES

OURS = "smb.conf(5); ours"
EXPIRES_SOON = 30  # days
SAFE = ("aes128-cts-hmac-sha1-96", "aes256-cts-hmac-sha1-96")

Ask = Callable[[Controller], Iterable[str] | None]


@dataclass(frozen=True)
class DomainRule:
    """`ask` says what is wrong; None where nothing is known that it is about."""

    id: str
    title: str
    source: str
    ask: Ask

    def found(self, controller: Controller) -> list[str] | None:
        wrong = self.ask(controller)
        return None if wrong is None else list(wrong)


def _set(**wanted: str) -> Ask:
    """Settings of smb.conf that must be these; an underscore stands for a space."""

    def ask(controller: Controller) -> Iterator[str]:
        for name, value in wanted.items():
            found = controller.settings.get(name.replace("_", " "))
            if found != value:
                yield f"{name.replace('_', ' ')} = {found or '(default)'}, not {value}"

    return ask


def kdc_is_lax(controller: Controller) -> Iterator[str]:
    """Where it would give a ticket of another cipher than AES."""
    for name in ("kdc default domain supported enctypes", "kdc supported enctypes"):
        types = controller.settings.get(name, "")
        if not types or not set(types.split()) <= set(SAFE):
            yield f"{name} = {types or '(default)'}"


def _ciphers(controller: Controller) -> Iterator[str]:
    yield from kdc_is_lax(controller)
    yield from _set(kerberos_encryption_types="strong")(controller) or ()


def _audited(controller: Controller) -> Iterator[str]:
    levels = dict(word.partition(":")[::2] for word in controller.settings.get("log level", "").split())
    for name, level in CLASSES.items():
        if int(levels.get(name) or 0) < level:
            yield f"log level lacks {name}:{level}"


def _certificate(controller: Controller) -> Iterable[str] | None:
    return None if controller.certificate is None else _mistakes(controller.certificate, controller)


def _mistakes(certificate: x509.Certificate, controller: Controller) -> Iterator[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = set(extension.value.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        names = set()
    yield from (f"lacks the name {name}" for name in (controller.fqdn, controller.domain) if name not in names)
    if (certificate.not_valid_after_utc - controller.today).days < EXPIRES_SOON:
        yield f"ends on {certificate.not_valid_after_utc:%Y-%m-%d}"


SETTING_RULES = (
    DomainRule("no-ntlm", "Kerberos alone, no NTLM of any version", OURS, _set(ntlm_auth="disabled")),
    DomainRule("no-nt-hash", "no hash is kept that NTLM would need", OURS, _set(nt_hash_store="auto")),
    DomainRule("smb-dialect", "SMB 3.1.1", OURS, _set(server_min_protocol="SMB3_11")),
    DomainRule("smb-signing", "every SMB message is signed", OURS, _set(server_signing="mandatory")),
    DomainRule(
        "ldap-signing",
        "LDAP is signed, or bound to its TLS",
        "Microsoft ADV190023",
        _set(ldap_server_require_strong_auth="yes"),
    ),
    DomainRule("null-session", "nobody lists accounts without a name", OURS, _set(restrict_anonymous="2")),
    DomainRule(
        "kdc-ciphers", "tickets of AES only, by default too", "ANSSI vuln_kerberos_properties_encryption", _ciphers
    ),
    DomainRule("no-spooler", "a controller prints nothing", "ANSSI vuln_dc_spooler", _set(disable_spoolss="yes")),
    DomainRule("audit-log", "who logs in and who changes what is recorded", OURS, _audited),
    DomainRule("ldaps-certificate", "the certificate bears the names that clients ask for", OURS, _certificate),
)
