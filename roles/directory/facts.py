"""What a domain controller holds; one that was never provisioned holds nothing."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import decompress

from pyinfra.api import FactBase, QuoteString, StringCommand

from roles.common.programs import program
from roles.directory import privileged, rights, same
from roles.directory.config import DATABASE, STATE
from roles.directory.ldif import Entries, parse
from roles.directory.records import DnsRecord, Zones

PROGRAMS = Path(__file__).with_name("programs")
UNFINISHED = f"{STATE}/.provision-unfinished"
PUT_BACK = f"{STATE}/.put-back"  # check-replication saw that this is an earlier state of the controller

# What the inventory decides, wherever it stands: the domain itself, units, people, groups. Computers are not ours.
_KINDS = (
    "(|(objectClass=domainDNS)(objectClass=organizationalUnit)(objectCategory=group)(objectCategory=person)"
    "(objectClass=msDS-PasswordSettings))"
)
_ATTRIBUTES = (  # those that are compared, and no other: twenty thousand people are read in one answer
    *("sAMAccountName", "employeeID", "userAccountControl", "isCriticalSystemObject", "description", "member"),
    *("userPrincipalName", "givenName", "sn", "displayName", "mail", "title", "manager", "accountExpires"),
    *("msDS-SupportedEncryptionTypes",),
    *("minPwdLength", "pwdProperties", "lockoutThreshold", "lockoutDuration", "lockOutObservationWindow"),
    *("minPwdAge", "maxPwdAge", "pwdHistoryLength", "ms-DS-MachineAccountQuota"),
    *privileged.ATTRIBUTES,
)


class Provisioned(FactBase[bool]):
    """Whether this is a controller: the domain was founded or joined, to the end, and is in its latest state."""

    def command(self) -> str:
        return f"test -f {DATABASE} && ! test -e {UNFINISHED} && ! test -e {PUT_BACK} && echo yes || echo no"

    def process(self, output: Any) -> bool:
        return list(output) == ["yes"]


@dataclass(frozen=True)
class Known:
    """The controllers that the directory knows, and who holds each role that one alone has (FSMO); "" if dead."""

    controllers: frozenset[str]
    roles: Mapping[str, str]
    rebuilt: frozenset[str] = frozenset()  # since samba started here


class KnownControllers(FactBase[Known]):
    """The controllers of the domain, as the one that is asked knows them."""

    @staticmethod
    def default() -> Known:
        return Known(frozenset(), {})

    def command(self) -> StringCommand:
        return StringCommand("!", "test", "-f", DATABASE, "||", program(PROGRAMS / "read_controllers.py"))

    def process(self, output: Any) -> Known:
        found = json.loads("".join(output))
        return Known(frozenset(found["controllers"]), found["roles"], frozenset(found["rebuilt"]))


@dataclass(frozen=True)
class Held:
    """The entries of the directory that the inventory may decide of, by DN, and the digests of those not said whole."""

    entries: Entries
    digests: frozenset[str] = frozenset()


class DirectoryEntries(FactBase[Held]):
    """What the directory holds: each person's account in use is a digest, but those that are wanted whole."""

    @staticmethod
    def default() -> Held:
        return Held({})

    def command(self, whole: Sequence[str] = ()) -> StringCommand:
        asked = json.dumps([_KINDS, _ATTRIBUTES, whole])
        return StringCommand(
            "!", "test", "-f", DATABASE, "||", program(PROGRAMS / "read_entries.py", asked, needs=same)
        )

    def process(self, output: Any) -> Held:
        found = json.loads(decompress(b64decode("".join(output))))
        return Held(found["entries"], frozenset(found["digests"]))


class UnitRights(FactBase[Entries]):
    """The units with who may do what to them, in SDDL, and the groups that may be given rights, with their SID."""

    default = dict

    def command(self) -> StringCommand:
        kinds = f"(|(objectClass=organizationalUnit)(&(objectCategory=group)(sAMAccountName=*-{rights.FUNCTION})))"
        return StringCommand(
            *("!", "test", "-f", DATABASE, "||", "ldbsearch", "-H", DATABASE, "--scope=sub", "--controls=sd_flags:1:4"),
            *map(QuoteString, (kinds, "nTSecurityDescriptor", "objectSid")),
        )

    def process(self, output: Any) -> Entries:
        return parse(output)


class DnsZones(FactBase[Zones]):
    """The zones of the domain, with the kinds of records that the inventory may decide of."""

    @staticmethod
    def default() -> Zones:
        return Zones(frozenset(), frozenset())

    def command(self) -> StringCommand:
        return StringCommand("!", "test", "-f", DATABASE, "||", program(PROGRAMS / "read_zones.py"))

    def process(self, output: Any) -> Zones:
        found = json.loads("".join(output))
        return Zones(frozenset(found["zones"]), frozenset(DnsRecord(*record) for record in found["records"]))
