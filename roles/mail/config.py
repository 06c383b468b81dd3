"""What the mail platform serves, from the inventory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from ipaddress import IPv4Address, IPv4Network

from inventory import dkim
from inventory.model import Administration, Institution, Machine
from inventory.model.administration import DAV, MAIL
from inventory.model.institution import REFUSE, Person
from inventory.model.platform import Guessing
from roles.mail.limits import NOTHING, Sending, sending_of

STORE = "/srv/mail"
SHARED = f"{STORE}/shared"
# Where mail programs put what they keep, by the name that people see; programs find them by their use (RFC 6154).
FOLDERS = {
    "Brouillons": "Drafts",
    "Envoyés": "Sent",
    "Archives": "Archive",
    "Indésirables": "Junk",
    "Corbeille": "Trash",
}
RECOVERABLE = "Récupérables"  # what was deleted for good
HANDOVER, COPIES, SHADOW = 2525, 4125, 4126  # ports between mail servers: of messages, mailboxes, copies of messages
ROLE_NAMES = ("postmaster", "abuse")  # RFC 2142: somebody reads these in every domain


@dataclass(frozen=True)
class Mailbox:
    """A mailbox. Its folder is of the person, whatever the name, the ministry or the domain: a change moves no mail."""

    address: str
    home: str
    quota_gib: int
    before: str  # where it stood when folders had the names of institutions and logins
    groups: tuple[str, ...] = ()  # those of its person that have rights on shared mailboxes
    until: str | None = None  # the last day of its account
    sending: Sending = NOTHING  # what its person may send to the outside


@dataclass(frozen=True)
class Shared:
    """A mailbox that people have together, by their groups in the directory."""

    address: str
    home: str
    quota_gib: int
    send: tuple[str, ...]  # groups
    read: tuple[str, ...]  # groups
    senders: tuple[str, ...]  # the addresses of the people who send in its name
    seers: tuple[str, ...]  # of those who see it

    @property
    def local(self) -> str:
        """The name before the @."""
        return self.address.partition("@")[0]

    @property
    def domain(self) -> str:
        """The domain after it."""
        return self.address.partition("@")[2]


@dataclass(frozen=True)
class Alias:
    """An address that delivers to mailboxes, and that nobody sends from."""

    address: str
    mailboxes: tuple[str, ...]
    internal: bool = False  # only who has an account writes to it


@dataclass(frozen=True)
class Journal:
    """That an institution's messages are kept, and how."""

    institution: str
    domains: tuple[str, ...]  # the present one first
    keep_days: int
    keys: tuple[tuple[str, ...], tuple[str, ...]]  # of its own readers, of those without whom these read nothing


@dataclass(frozen=True)
class Reports:
    """In whose name other domains are told how mail and TLS with them fared. Our keys sign for this domain."""

    organization: str
    address: str  # somebody reads it

    @property
    def domain(self) -> str:
        """Who reports."""
        return self.address.partition("@")[2]

    @property
    def dmarc_address(self) -> str:
        """Whose reports are on DMARC; what is written to it goes where all about mail goes."""
        return f"noreply-dmarc@{self.domain}"


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
    shared: tuple[Shared, ...]
    aliases: tuple[Alias, ...]
    former_domains: tuple[str, ...]
    message_size_mib: int
    quota_warnings_percent: tuple[int, ...]
    recoverable_days: int
    remembered_login_hours: int
    queue_days: int
    delay_warning_hours: int
    signing: tuple[str, ...]  # the selectors of the keys that sign today
    proved: bool  # whether the names of the world are (DNSSEC)
    partners: tuple[str, ...]  # the prefixes from which they send
    viruses: str | None  # where signatures of viruses come from
    journals: tuple[Journal, ...]
    national: tuple[str, ...]  # how domains of the country end
    told: dict[str, tuple[str, ...]]  # by domain, who hears of an account whose mail is held
    directory: Directory
    webmails: tuple[IPv4Address, ...]  # they ask for people, each in their name
    guessing: Guessing
    spared: tuple[str, ...]  # the prefixes that are never shut out: the inside, and where ministries come out
    active: Machine  # the mail server that people use
    others: tuple[Machine, ...]  # the mail servers beside this one
    copies_required: bool  # whether a message waits at its sender while no other server can have a copy of it
    reports: Reports
    dav: bool  # calendars are on this machine, and ask here whether a password is right

    @property
    def inside(self) -> tuple[str, ...]:
        """Where mail is internal."""
        return (*self.domains, *self.former_domains, self.hostname)

    @property
    def standby(self) -> bool:
        """Whether another one is used: this takes mail in, hands it over, and has a copy of every mailbox."""
        return self.hostname != self.active.fqdn

    @property
    def together(self) -> dict[str, list[str]]:
        """By person, the shared mailboxes that they see."""
        found: dict[str, list[str]] = {}
        for box in self.shared:
            for person in box.seers:
                found.setdefault(person, []).append(box.address)
        return found

    @property
    def ends(self) -> dict[str, int]:
        """By address, when an account is over (since 1970): the midnight after its last day, as in the directory."""
        return {
            box.address: int(datetime.combine(date.fromisoformat(box.until), time(), UTC).timestamp()) + 24 * 60 * 60
            for box in self.mailboxes
            if box.until
        }

    @property
    def message_size(self) -> int:
        """In bytes."""
        return self.message_size_mib * 1024 * 1024


def config_of(administration: Administration, machine: Machine, today: date | None = None) -> MailConfig:
    """What this machine serves: the mail of every institution. A former domain is served to its last day."""
    platform = administration.platform
    institutions = administration.institutions.values()
    day = (today or date.today()).isoformat()
    shared = tuple(
        _shared(administration, institution, name) for institution in institutions for name in institution.shared
    )
    aliases = (*_aliases(administration, machine), *_forwards(administration), *_lists(administration))
    mailboxes = tuple(
        replace(_mailbox(administration, institution, person), groups=groups)
        for institution in institutions
        for person in institution.present
        for groups in [_groups_of(institution.address_of(person), person.login, administration, shared)]
    )
    former = {domain: i for i in institutions for domain, last in i.former_domains.items() if last >= day}
    return MailConfig(
        hostname=machine.fqdn,
        domains=tuple(institution.mail_domain for institution in institutions),
        mailboxes=mailboxes,
        shared=shared,
        aliases=(*aliases, *_formerly(former, aliases, (*mailboxes, *shared))),
        former_domains=tuple(former),
        message_size_mib=platform.mail.message_size_mib,
        quota_warnings_percent=tuple(sorted(platform.mail.quota_warnings_percent, reverse=True)),
        recoverable_days=platform.mail.recoverable_days,
        remembered_login_hours=platform.mail.remembered_login_hours,
        queue_days=platform.mail.queue_days,
        delay_warning_hours=platform.mail.delay_warning_hours,
        signing=dkim.signing(dkim.today()),
        proved=bool(administration.resolvers),
        partners=tuple(str(prefix) for prefixes in platform.mail.partners.values() for prefix in prefixes),
        viruses=administration.environment.mirror.virus_signatures,
        journals=tuple(_journals(administration, former)),
        national=tuple(platform.mail.national),
        told={i.mail_domain: _dsi(i) or _dsi(administration.institutions[machine.site.owner]) for i in institutions},
        directory=Directory(
            uris=tuple(f"ldaps://{controller.fqdn}" for controller in administration.running("directory")),
            bind_name=f"svc-mail@{platform.domain}",
            base=platform.base_dn,
        ),
        webmails=tuple(machine.address for machine in administration.running("webmail")),
        guessing=platform.mail.guessing,
        spared=_spared(administration),
        active=administration.running(MAIL)[0],
        others=tuple(server for server in administration.mail_servers if server != machine),
        copies_required=platform.mail.copies == "required",
        reports=_reports(administration),
        dav=DAV in machine.runs,
    )


def _spared(administration: Administration) -> tuple[str, ...]:
    platform = administration.platform
    ranges = (prefix for prefixes in platform.mail.nat_ranges.values() for prefix in prefixes)
    return tuple(dict.fromkeys(str(prefix) for prefix in (IPv4Network("127.0.0.0/8"), *platform.prefixes, *ranges)))


def _journals(administration: Administration, former: dict[str, Institution]) -> Iterator[Journal]:
    for name, institution in administration.institutions.items():
        if wanted := institution.journal:
            before = (domain for domain, owner in former.items() if owner is institution)
            yield Journal(
                institution=name,
                domains=(institution.mail_domain, *before),
                keep_days=wanted.keep_days,
                keys=(tuple(wanted.institution), tuple(wanted.witness)),
            )


def _mailbox(administration: Administration, institution: Institution, person: Person) -> Mailbox:
    quota_gib = institution.quota_gib or administration.platform.mail.quota_gib
    return Mailbox(
        address=institution.address_of(person),
        home=f"{STORE}/{person.id}",
        quota_gib=institution.quotas_gib.get(person.login, quota_gib),
        before=f"{STORE}/{institution.institution}/{person.login}",
        until=person.until,
        sending=sending_of(administration, institution, person),
    )


def _shared(administration: Administration, institution: Institution, name: str) -> Shared:
    wanted = institution.shared[name]

    def people(groups: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(a for group in groups for a in _members(administration, institution, group)))

    return Shared(
        address=f"{name}@{institution.mail_domain}",
        home=f"{SHARED}/{institution.institution}/{name}",
        quota_gib=institution.quota_gib or administration.platform.mail.quota_gib,
        send=tuple(f"{institution.institution}-{group}" for group in wanted.send),
        read=tuple(f"{institution.institution}-{group}" for group in wanted.read),
        senders=people(wanted.send),
        seers=people([*wanted.send, *wanted.read]),
    )


def _groups_of(address: str, login: str, administration: Administration, shared: tuple[Shared, ...]) -> tuple[str, ...]:
    wanted = dict.fromkeys(group for each in shared if address in each.seers for group in (*each.send, *each.read))
    return tuple(group for group in wanted if login in administration.groups[group].members)


def _members(administration: Administration, institution: Institution, name: str) -> tuple[str, ...]:
    """The addresses that a name leads to: a group's, else those of a shared mailbox, an alias, a list, a person."""
    if name in institution.all_groups:
        members = administration.groups[f"{institution.institution}-{name}"].members
        return tuple(f"{login}@{institution.mail_domain}" for login in members)
    if name in institution.shared:
        return (f"{name}@{institution.mail_domain}",)
    if name in institution.aliases:
        names = institution.aliases[name]
    elif name in institution.lists:
        names = institution.lists[name].members
    else:
        return tuple(institution.address_of(person) for person in institution.present if person.login == name)
    return tuple(dict.fromkeys(a for each in names for a in _members(administration, institution, each)))


def _lists(administration: Administration) -> Iterator[Alias]:
    """The aliases and lists of institutions; one whose people have all left is nobody's, and is refused."""
    for institution in administration.institutions.values():
        for name in (*institution.aliases, *institution.lists):
            internal = name in institution.lists and not institution.lists[name].open
            if members := _members(administration, institution, name):
                yield Alias(f"{name}@{institution.mail_domain}", members, internal)


def _formerly(
    former: dict[str, Institution], aliases: tuple[Alias, ...], mailboxes: tuple[Mailbox | Shared, ...]
) -> Iterator[Alias]:
    """Each address, in the domains that its institution had: by name, so that an unknown one is refused at once."""
    for domain, institution in former.items():
        for each in mailboxes:
            local, _, present = each.address.partition("@")
            if present == institution.mail_domain:
                yield Alias(f"{local}@{domain}", (each.address,))
        for alias in aliases:
            local, _, present = alias.address.partition("@")
            if present == institution.mail_domain:
                yield Alias(f"{local}@{domain}", alias.mailboxes, alias.internal)


def _aliases(administration: Administration, machine: Machine) -> tuple[Alias, ...]:
    """The addresses that a person must answer for: of each domain its own DSI, of this machine that of its owner."""
    team = _dsi(administration.institutions[machine.site.owner])
    domains = {i.mail_domain: _dsi(i) or team for i in administration.institutions.values()}
    wanted = {f"{name}@{domain}": readers for domain, readers in domains.items() for name in ROLE_NAMES}
    wanted |= {f"{name}@{machine.fqdn}": team for name in ("root", *ROLE_NAMES)}
    contact = administration.platform.contact
    if contact.rpartition("@")[2] in domains:
        wanted[contact] = team
    if domains:
        wanted[_reports(administration).dmarc_address] = team
    return tuple(Alias(address, readers) for address, readers in wanted.items())


def _reports(administration: Administration) -> Reports:
    """By the contact's address where its domain is served here, else by the postmaster of a domain that is."""
    contact, domains = administration.platform.contact, administration.mail_domains
    ours = contact.rpartition("@")[2] in domains
    return Reports(administration.platform.administration, contact if ours else f"postmaster@{domains[0]}")


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
