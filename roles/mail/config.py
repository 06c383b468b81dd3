"""What the mail platform serves, from the inventory."""

from collections.abc import Iterator
from dataclasses import dataclass

from inventory import dkim
from inventory.model import Administration, Institution, Machine
from inventory.model.institution import REFUSE, Person

STORE = "/srv/mail"
QUOTA_MIB = 2048  # of each mailbox
ROLE_NAMES = ("postmaster", "abuse")  # RFC 2142: somebody reads these in every domain


@dataclass(frozen=True)
class Mailbox:
    """A mailbox. Its folder is of the person, whatever the name, the ministry or the domain: a change moves no mail."""

    address: str
    home: str
    before: str  # where it stood when folders had the names of institutions and logins


@dataclass(frozen=True)
class Alias:
    """An address that delivers to mailboxes, and that nobody sends from."""

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
    signing: tuple[str, ...]  # the selectors of the keys that sign today
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
            _mailbox(institution, person)
            for institution in administration.institutions.values()
            for person in institution.present
        ),
        aliases=(*_aliases(administration, machine), *_forwards(administration)),
        message_size_mib=platform.mail.message_size_mib,
        quota_mib=QUOTA_MIB,
        signing=dkim.signing(dkim.today()),
        directory=Directory(
            uris=tuple(f"ldaps://{controller.fqdn}" for controller in administration.running("directory")),
            bind_name=f"svc-mail@{platform.domain}",
            base=platform.base_dn,
        ),
    )


def _mailbox(institution: Institution, person: Person) -> Mailbox:
    return Mailbox(
        address=institution.address_of(person),
        home=f"{STORE}/{person.id}",
        before=f"{STORE}/{institution.institution}/{person.login}",
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


def _forwards(administration: Administration) -> Iterator[Alias]:
    """The addresses that outlive a name, and those of who left where the institution says who gets their mail."""
    for institution in administration.institutions.values():
        addresses = {person.login: institution.address_of(person) for person in institution.people}
        for person in institution.people:
            own = [institution.address_of(person), *institution.former_addresses_of(person)]
            heir = person.mail_after or REFUSE
            if person.left is None:
                yield from (Alias(address, (own[0],)) for address in own[1:])
            elif heir != REFUSE:
                yield from (Alias(address, (addresses[heir],)) for address in own)


def _dsi(institution: Institution) -> tuple[str, ...]:
    logins = institution.functions.dsi or []
    return tuple(institution.address_of(person) for person in institution.present if person.login in logins)
