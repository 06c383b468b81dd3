"""What the mail platform serves, from the inventory."""

from dataclasses import dataclass

from inventory.model import Administration, Institution, Machine

STORE = "/srv/mail"
QUOTA_MIB = 2048  # of each mailbox
ROLE_NAMES = ("postmaster", "abuse")  # RFC 2142: somebody reads these in every domain


@dataclass(frozen=True)
class Mailbox:
    """A mailbox. Its folder follows the person, not the address: a ministry that is renamed moves no mail."""

    address: str
    home: str


@dataclass(frozen=True)
class Alias:
    """An address that delivers to mailboxes."""

    address: str
    mailboxes: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """Where passwords are checked."""

    uris: tuple[str, ...]
    bind_name: str
    base: str


@dataclass(frozen=True)
class MailConfig:
    """One mail server."""

    hostname: str
    domains: tuple[str, ...]
    mailboxes: tuple[Mailbox, ...]
    aliases: tuple[Alias, ...]
    message_size_mib: int
    quota_mib: int
    dkim_selector: str
    directory: Directory

    @property
    def message_size(self) -> int:
        """In bytes."""
        return self.message_size_mib * 1024 * 1024


def config_of(administration: Administration, machine: Machine) -> MailConfig:
    """What this machine serves: the mail of every institution."""
    platform = administration.platform
    institutions = administration.institutions.values()
    return MailConfig(
        hostname=machine.fqdn,
        domains=tuple(institution.mail_domain for institution in institutions),
        mailboxes=tuple(
            Mailbox(institution.address_of(person), f"{STORE}/{institution.institution}/{person.login}")
            for institution, person in administration.people()
        ),
        aliases=_aliases(administration, machine),
        message_size_mib=platform.mail.message_size_mib,
        quota_mib=QUOTA_MIB,
        dkim_selector=platform.mail.dkim_selector,
        directory=Directory(
            uris=tuple(f"ldaps://{controller.fqdn}" for controller in administration.running("directory")),
            bind_name=f"svc-mail@{platform.domain}",
            base=platform.base_dn,
        ),
    )


def _aliases(administration: Administration, machine: Machine) -> tuple[Alias, ...]:
    """The addresses that a person must answer for: of each domain its own DSI, of this machine that of its owner."""
    team = _dsi(administration.institutions[machine.site.owner])
    domains = {i.mail_domain: _dsi(i) or team for i in administration.institutions.values()}
    wanted = {f"{name}@{domain}": readers for domain, readers in domains.items() for name in ROLE_NAMES}
    wanted |= {f"{name}@{machine.fqdn}": team for name in ("root", *ROLE_NAMES)}
    contact = administration.platform.contact
    if contact.rpartition("@")[2] in domains:
        wanted[contact] = team
    return tuple(Alias(address, readers) for address, readers in wanted.items())


def _dsi(institution: Institution) -> tuple[str, ...]:
    logins = institution.functions.dsi or []
    return tuple(institution.address_of(person) for person in institution.present if person.login in logins)
