"""A domain controller as the rules see it: its settings, its certificate, and the entries of its directory.

Of what is only intended there are no entries: rules that ask about them say nothing then.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from cryptography import x509

from roles.directory.ldif import Entries
from roles.directory.rights import Delegation

# userAccountControl (MS-ADTS 2.2.16)
DISABLED, NO_PASSWORD, REVERSIBLE, NEVER_EXPIRES = 0x2, 0x20, 0x80, 0x10000
CONTROLLER, SMARTCARD, DELEGATES, DES, NO_PREAUTH, IMPERSONATES = (
    0x2000,
    0x40000,
    0x80000,
    0x200000,
    0x400000,
    0x1000000,
)

# By the end of their SID (MS-ADTS 6.1.1.4, 6.1.1.6): administrators of the domain, schema, forest; builtin groups.
PRIVILEGED = ("-512", "-518", "-519", "-32-544", "-32-548", "-32-549", "-32-550", "-32-551")
NEVER = {0, 0x7FFFFFFFFFFFFFFF}


@dataclass(frozen=True)
class Entry:
    """One entry; a time is None where it never was."""

    dn: str
    attributes: Mapping[str, list[str]]

    def __getitem__(self, name: str) -> list[str]:
        return self.attributes.get(name, [])

    @property
    def name(self) -> str:
        return next(iter(self["sAMAccountName"]), self.dn.split(",")[0].partition("=")[2])

    @property
    def sid(self) -> str:
        return next(iter(self["objectSid"]), "")

    def number(self, name: str) -> int:
        """An attribute that is a number; 0 where it is not there."""
        return int(next(iter(self[name]), "0"))

    def has(self, flag: int) -> bool:
        return bool(self.number("userAccountControl") & flag)

    def time(self, name: str) -> datetime | None:
        """An attribute in 100 ns since 1601 (MS-DTYP 2.3.3)."""
        ticks = self.number(name)
        return None if ticks in NEVER else datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)

    @property
    def created(self) -> datetime:
        return datetime.strptime(self["whenCreated"][0], "%Y%m%d%H%M%S.0Z").replace(tzinfo=UTC)


@dataclass(frozen=True)
class Content:
    """The entries of a directory, as they were at one moment."""

    entries: Entries
    base_dn: str
    now: datetime
    delegations: tuple[Delegation, ...] = ()

    @cached_property
    def all(self) -> tuple[Entry, ...]:
        return tuple(Entry(dn, attributes) for dn, attributes in self.entries.items())

    def of(self, kind: str) -> Iterator[Entry]:
        """The entries of a class."""
        return (entry for entry in self.all if kind in entry["objectClass"])

    @cached_property
    def accounts(self) -> tuple[Entry, ...]:
        """People and services that may log in; the key of Kerberos is none of them."""
        return tuple(entry for entry in self.enabled if "computer" not in entry["objectClass"])

    @cached_property
    def enabled(self) -> tuple[Entry, ...]:
        """Accounts and computers that are not disabled."""
        found = (entry for entry in self.of("user") if not entry.sid.endswith("-502"))
        return tuple(entry for entry in found if not entry.has(DISABLED))

    @cached_property
    def computers(self) -> tuple[Entry, ...]:
        """Those that are no controllers."""
        return tuple(e for e in self.enabled if "computer" in e["objectClass"] and not e.has(CONTROLLER))

    def group(self, end_of_sid: str) -> Entry | None:
        return next((entry for entry in self.of("group") if entry.sid.endswith(end_of_sid)), None)

    def members(self, group: Entry | None) -> frozenset[str]:
        """The DNs, in lower case, of all that a group holds, by whatever way."""
        if group is None:
            return frozenset()
        by_dn = {entry.dn.casefold(): entry for entry in self.of("group")}
        found: set[str] = set()
        ahead = [group]
        while ahead:
            each = ahead.pop()
            new = {dn.casefold() for dn in each["member"]} - found
            primary = {
                entry.dn.casefold()
                for entry in (self.of("user") if each.sid else ())
                if entry["primaryGroupID"] and each.sid.endswith(f"-{entry['primaryGroupID'][0]}")
            }
            found |= new | primary
            ahead += [by_dn[dn] for dn in new if dn in by_dn]
        return frozenset(found)

    @cached_property
    def privileged(self) -> tuple[Entry, ...]:
        """The accounts that administer the domain, or may make themselves do so."""
        held = frozenset[str]().union(*(self.members(self.group(end)) for end in PRIVILEGED))
        return tuple(entry for entry in self.accounts if entry.dn.casefold() in held)

    @property
    def head(self) -> Entry:
        return next(entry for entry in self.all if entry.dn.casefold() == self.base_dn.casefold())

    def days(self, since: datetime | None) -> int | None:
        return None if since is None else (self.now - since).days


@dataclass(frozen=True)
class Controller:
    """A controller that is held against the rules. `fqdn` and `domain`: the names that its certificate must bear."""

    device: str
    site: str
    fqdn: str
    domain: str
    settings: Mapping[str, str]
    certificate: x509.Certificate | None
    today: datetime
    content: Content | None = field(default=None, repr=False)


def settings_of(smb_conf: str) -> dict[str, str]:
    """The settings of [global], by name in lower case (smb.conf(5): spaces around and in names mean nothing)."""
    body = smb_conf.partition("[global]")[2].partition("\n[")[0].replace("\\\n", " ")
    lines = (line.strip() for line in body.splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith(("#", ";")))
    return {re.sub(r"\s+", " ", name.strip()).casefold(): value.strip() for name, _, value in pairs}
