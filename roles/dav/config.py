"""What calendars and address books there are, and who sees which, from the inventory."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from inventory.model import Administration, Institution, Machine
from inventory.model.administration import DAV, DAV_ID, WEBMAIL
from inventory.model.institution import SharedCollection

PORT = 5232  # Radicale's own
USER, UID = DAV, DAV_ID  # a fixed number: what is restored on another server has the same owner
STORE = "/srv/dav"
SETTINGS = "/etc/dav"
PEOPLE = f"{SETTINGS}/people.json"
LIBRARY = "/usr/local/lib/dav"
CACHE = "/var/cache/dav"
SOCKET = "/run/dovecot/auth-dav"  # where Dovecot is asked about passwords
PREFIX = "/dav"  # of what the front passes on
CALENDAR, BOOK = "VCALENDAR", "VADDRESSBOOK"
# What everybody has from their first visit on: the name in the address, its kind, the name that people see.
OWN = (("agenda", CALENDAR, "Agenda"), ("contacts", BOOK, "Contacts"))


@dataclass(frozen=True)
class Shared:
    """A calendar or an address book that people have together. It is among each one's own, as `key`."""

    key: str
    kind: str
    title: str
    write: tuple[str, ...]  # addresses
    read: tuple[str, ...]  # addresses of those who only read


@dataclass(frozen=True)
class Owner:
    """A person. What is theirs stands under their id: a marriage or a new domain changes no address of a calendar."""

    address: str
    id: str


@dataclass(frozen=True)
class DavConfig:
    """The calendars and address books of one machine."""

    machine: Machine
    front: str  # the name under which people reach it
    webmails: tuple[Machine, ...]
    people: tuple[Owner, ...]
    shared: tuple[Shared, ...]

    def rights(self, owner: Owner) -> dict[str, str]:
        """What a person may do with what is shared: rw or r."""
        return self._rights.get(owner.address, {})

    @cached_property
    def _rights(self) -> dict[str, dict[str, str]]:
        """Of everybody, by address, in one go: there may be 30,000 people."""
        found: dict[str, dict[str, str]] = {}
        for right in ("rw", "r"):
            for each in self.shared:
                for address in each.write if right == "rw" else each.read:
                    found.setdefault(address, {})[each.key] = right
        return found


def config_of(administration: Administration, machine: Machine) -> DavConfig:
    """What this machine serves. Who left is in nobody's rights, and cannot log in."""
    institutions = administration.institutions.values()
    return DavConfig(
        machine=machine,
        front=administration.fqdn(WEBMAIL),
        webmails=tuple(administration.running("webmail")),
        people=tuple(Owner(i.address_of(person), person.id) for i in institutions for person in i.present),
        shared=tuple(each for i in institutions for each in _shared(administration, i)),
    )


def _shared(administration: Administration, institution: Institution) -> Iterator[Shared]:
    for kind, word, wanted in (
        (CALENDAR, "calendar", institution.calendars),
        (BOOK, "contacts", institution.address_books),
    ):
        for name, each in wanted.items():
            write = _people(administration, institution, each.write)
            writers, readers = set(write), _people(administration, institution, each.read)
            yield Shared(
                key=f"shared.{institution.institution}.{word}.{name}",
                kind=kind,
                title=_title(name, each),
                write=write,
                read=tuple(address for address in readers if address not in writers),
            )


def _title(name: str, wanted: SharedCollection) -> str:
    return wanted.title or name.replace("-", " ").capitalize()


def _people(administration: Administration, institution: Institution, groups: list[str]) -> tuple[str, ...]:
    """The addresses of the members of some groups of an institution."""
    members = (administration.groups[f"{institution.institution}-{group}"].members for group in groups)
    return tuple(dict.fromkeys(f"{login}@{institution.mail_domain}" for logins in members for login in logins))
