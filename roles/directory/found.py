"""What the directory holds, found by what identifies it; Active Directory compares names without case."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from roles.directory.ldif import Entries

DISABLED = 0x2  # userAccountControl (MS-ADTS 2.2.16)


@dataclass(frozen=True, eq=False)
class Entry:
    """One entry; only accounts have a userAccountControl."""

    dn: str
    attributes: dict[str, list[str]]

    def first(self, attribute: str) -> str:
        """A value of an attribute, or nothing."""
        return self.attributes.get(attribute, [""])[0]

    @property
    def name(self) -> str:
        return self.first("sAMAccountName")

    @property
    def is_account(self) -> bool:
        return "userAccountControl" in self.attributes

    @property
    def control(self) -> int:
        return int(self.first("userAccountControl"))

    @property
    def disabled(self) -> bool:
        return bool(self.control & DISABLED)

    @property
    def critical(self) -> bool:
        """Whether it is one of the directory's own: Administrator, krbtgt."""
        return self.first("isCriticalSystemObject") == "TRUE"


class Found:
    """The entries of the directory. `settled`, which are as they must be, need not say more than their names."""

    def __init__(self, entries: Entries, settled: Entries | None = None) -> None:
        self._by_dn = {dn.casefold(): Entry(dn, each) for dn, each in {**entries, **(settled or {})}.items()}
        self._by_name = {entry.name.casefold(): entry for entry in self._by_dn.values() if entry.name}
        self._by_id: dict[str, list[Entry]] = {}
        for entry in self._by_dn.values():
            if identifier := entry.first("employeeID"):
                self._by_id.setdefault(identifier.casefold(), []).append(entry)

    def entry(self, dn: str) -> Entry | None:
        return self._by_dn.get(dn.casefold())

    def attributes(self, dn: str) -> dict[str, list[str]] | None:
        entry = self.entry(dn)
        return entry.attributes if entry else None

    def of_name(self, name: str) -> Entry | None:
        """The account or group of a sAMAccountName."""
        return self._by_name.get(name.casefold())

    def of_id(self, identifier: str) -> list[Entry]:
        """The accounts of an employeeID: one, unless somebody copied it by hand."""
        return self._by_id.get(identifier.casefold(), [])

    @property
    def accounts(self) -> Iterator[Entry]:
        return (entry for entry in self._by_dn.values() if entry.is_account)

    @property
    def administrators(self) -> frozenset[str]:
        """The DNs, in lower case, of whoever somebody put into a group of the directory's own: Domain Admins."""
        own = (entry for entry in self.groups if entry.critical)
        return frozenset(dn.casefold() for entry in own for dn in entry.attributes.get("member", []))

    @property
    def groups(self) -> Iterator[Entry]:
        return (entry for entry in self._by_dn.values() if entry.name and not entry.is_account)


def parent_of(dn: str) -> str:
    """The DN above; a comma of a name is escaped (RFC 4514, 2.4)."""
    return re.split(r"(?<!\\),", dn, maxsplit=1)[-1]
