"""What the directory must hold, from the inventory, and the changes that lead there from what it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inventory.model import Administration
from roles.common.commands import Removed
from roles.directory.ldif import Add, Attributes, Entries, Modify, Move, Record

# userAccountControl (MS-ADTS 2.2.16)
DISABLED, NORMAL, NEVER_EXPIRES = 0x2, 0x200, 0x10000

NEVER, TEN_MINUTES = "-9223372036854775808", "-6000000000"  # counted in -100 ns (MS-ADTS 3.1.1.3.2)
POLICY = {
    "minPwdLength": "12",
    "pwdProperties": "1",  # complexity
    "lockoutThreshold": "10",
    "lockoutDuration": TEN_MINUTES,
    "lockOutObservationWindow": TEN_MINUTES,
    "minPwdAge": "0",  # a temporary password is changed the same day
    "pwdHistoryLength": "24",
    "maxPwdAge": NEVER,  # expiry makes passwords weaker (ANSSI, authentification multifacteur et mots de passe, R24)
    "ms-DS-MachineAccountQuota": "0",  # nobody joins a machine but administrators
}
AES_ONLY = "24"  # msDS-SupportedEncryptionTypes (MS-KILE 2.2.7)


class ConflictError(Exception):
    """The inventory names an account that is not its own."""


@dataclass(frozen=True)
class Account:
    """Somebody, or a service, with what is known of them and where the first password is."""

    kind: str
    login: str
    unit: str  # the DN below which it stands, wherever exactly
    dn: str
    attributes: Mapping[str, str]
    secret: tuple[str, str]  # scope and key
    institution: str = ""
    control: int = NORMAL


@dataclass(frozen=True)
class Group:
    name: str
    dn: str
    members: tuple[str, ...]
    institution: str = ""


@dataclass(frozen=True)
class Desired:
    """The part of the directory that the inventory decides."""

    base_dn: str
    units: Mapping[str, str]  # DN: description, parents first
    accounts: tuple[Account, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Change:
    """One change in words, its record, and the secret that completes it."""

    says: str
    record: Record
    secret: tuple[str, str] | None = None
    institution: str = ""
    removes: Removed = ""


def desired_of(administration: Administration) -> Desired:
    """One unit per institution with its people, one for the groups of all, one for the services' accounts."""
    platform = administration.platform
    institutions, groups, services = (
        f"OU={name},{platform.base_dn}" for name in ("Institutions", "Groups", "Services")
    )
    units = {
        institutions: "Institutions and their people",
        groups: "Groups of the institutions",
        services: "Accounts of services",
    } | {f"OU={i.institution},{institutions}": i.name for i in administration.institutions.values()}
    people = [
        Account(
            kind="person",
            login=person.login,
            unit=institutions,
            dn=f"CN={person.login},OU={institution.institution},{institutions}",
            attributes={
                "userPrincipalName": f"{person.login}@{platform.domain}",
                "givenName": person.given,
                "sn": person.family,
                "displayName": person.display_name,
                "mail": institution.address_of(person),
            },
            secret=(f"institution-{institution.institution}", person.login),
            institution=institution.institution,
        )
        for institution, person in administration.people()
    ]
    mail = Account(
        kind="service account",
        login="svc-mail",
        unit=services,
        dn=f"CN=svc-mail,{services}",
        attributes={
            "userPrincipalName": f"svc-mail@{platform.domain}",
            "description": "Mail looks up people and checks their passwords",
            "msDS-SupportedEncryptionTypes": AES_ONLY,
        },
        secret=("mail", "service_account"),
        control=NORMAL | NEVER_EXPIRES,
    )
    return Desired(
        base_dn=platform.base_dn,
        units=units,
        accounts=(*people, mail),
        groups=tuple(
            Group(group.name, f"CN={group.name},{groups}", group.members, group.institution)
            for group in administration.groups.values()
        ),
    )


def changes(desired: Desired, entries: Entries) -> list[Change]:
    """What leads from the entries to the desired state, in an order that can be applied."""
    found = _Directory(entries)
    return [
        *_policy(desired, found),
        *_units(desired, found),
        *(change for account in desired.accounts for change in _account(account, found)),
        *_leavers(desired, found),
        *(change for group in desired.groups for change in _group(group, desired, found)),
        *_emptied(desired, found),
    ]


class _Directory:
    """The entries, found by what identifies them; Active Directory compares names without case."""

    def __init__(self, entries: Entries) -> None:
        self.by_dn = {dn.casefold(): (dn, attributes) for dn, attributes in entries.items()}
        self.by_login = {
            attributes["sAMAccountName"][0].casefold(): (dn, attributes)
            for dn, attributes in entries.items()
            if "sAMAccountName" in attributes
        }

    def attributes(self, dn: str) -> dict[str, list[str]] | None:
        return self.by_dn[dn.casefold()][1] if dn.casefold() in self.by_dn else None

    def account(self, login: str) -> tuple[str, dict[str, list[str]]] | None:
        return self.by_login.get(login.casefold())

    def login(self, dn: str) -> str | None:
        attributes = self.attributes(dn) or {}
        return attributes["sAMAccountName"][0] if "sAMAccountName" in attributes else None

    def within(self, unit: str, kind: str) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
        """The (login, DN, attributes) of the accounts or groups below a unit."""
        for dn, attributes in self.by_dn.values():
            if _below(dn, unit) and kind in attributes.get("objectClass", []):
                yield attributes["sAMAccountName"][0], dn, attributes


def _replaced(wanted: Mapping[str, str], found: Mapping[str, list[str]]) -> list[tuple[str, str, list[str]]]:
    return [("replace", name, [value]) for name, value in wanted.items() if found.get(name) != [value]]


def _names(steps: list[tuple[str, str, list[str]]]) -> str:
    return ", ".join(name for _, name, _ in steps)


def _policy(desired: Desired, found: _Directory) -> Iterator[Change]:
    steps = _replaced(POLICY, found.attributes(desired.base_dn) or {})
    if steps:
        yield Change(f"password policy: {_names(steps)}", Modify(desired.base_dn, steps))


def _units(desired: Desired, found: _Directory) -> Iterator[Change]:
    for dn, description in desired.units.items():
        name = dn.partition(",")[0].removeprefix("OU=")
        attributes = found.attributes(dn)
        if attributes is None:
            yield Change(
                f"unit {name}: create",
                Add(dn, {"objectClass": ["organizationalUnit"], "description": [description]}),
            )
        elif steps := _replaced({"description": description}, attributes):
            yield Change(f"unit {name}: {_names(steps)}", Modify(dn, steps))


def _account(account: Account, found: _Directory) -> Iterator[Change]:
    what = f"{account.kind} {account.login}"
    known = found.account(account.login)
    if known is None:
        attributes: Attributes = {
            "objectClass": ["user"],
            "sAMAccountName": [account.login],
            "userAccountControl": [str(account.control)],
            **{name: [value] for name, value in account.attributes.items()},
        }
        yield Change(f"{what}: create", Add(account.dn, attributes), account.secret, account.institution)
        return
    dn, present = known
    if not _below(dn, account.unit):
        raise ConflictError(f"{account.login}: the directory has this name already, for {dn}: choose another login")
    if dn.casefold() != account.dn.casefold():
        yield Change(f"{what}: move to {_unit_of(account.dn)}", Move(dn, account.dn), None, account.institution)
    steps = _replaced(account.attributes, present)
    if steps:
        yield Change(f"{what}: {_names(steps)}", Modify(account.dn, steps), None, account.institution)
    control = int(present["userAccountControl"][0])
    if control & DISABLED:
        yield Change(f"{what}: enable", _control(account.dn, control & ~DISABLED), None, account.institution)


def _leavers(desired: Desired, found: _Directory) -> Iterator[Change]:
    """Somebody who left the inventory keeps nothing but a disabled account: data may still hang on it."""
    present = {account.login.casefold() for account in desired.accounts}
    for unit in ("Institutions", "Services"):
        for login, dn, attributes in found.within(f"OU={unit},{desired.base_dn}", "user"):
            control = int(attributes["userAccountControl"][0])
            if login.casefold() not in present and not control & DISABLED:
                says, record = f"account {login}: disable", _control(dn, control | DISABLED)
                yield Change(says, record, institution=_unit_of(dn), removes="account")


def _group(group: Group, desired: Desired, found: _Directory) -> Iterator[Change]:
    places = {account.login: account.dn for account in desired.accounts}
    present = found.attributes(group.dn)
    if present is None:
        yield Change(
            f"group {group.name}: create",
            Add(group.dn, {"objectClass": ["group"], "sAMAccountName": [group.name]}),
            institution=group.institution,
        )
    members = {found.login(dn) or dn: dn for dn in (present or {}).get("member", [])}
    for login in group.members:
        if login not in members:
            add = Modify(group.dn, [("add", "member", [places[login]])])
            yield Change(f"group {group.name}: add {login}", add, institution=group.institution)
    for login, dn in members.items():
        if login not in group.members:
            yield _removal(group.name, group.dn, login, places.get(login, dn), group.institution)


def _emptied(desired: Desired, found: _Directory) -> Iterator[Change]:
    """A group that left the inventory stays, with nobody in it."""
    present = {group.name.casefold() for group in desired.groups}
    places = {account.login: account.dn for account in desired.accounts}
    for name, group_dn, attributes in found.within(f"OU=Groups,{desired.base_dn}", "group"):
        if name.casefold() not in present:
            for dn in attributes.get("member", []):
                login = found.login(dn) or dn
                yield _removal(name, group_dn, login, places.get(login, dn))


def _removal(group: str, group_dn: str, login: str, dn: str, institution: str = "") -> Change:
    record = Modify(group_dn, [("delete", "member", [dn])])
    return Change(f"group {group}: remove {login}", record, institution=institution)


def _control(dn: str, control: int) -> Modify:
    return Modify(dn, [("replace", "userAccountControl", [str(control)])])


def _below(dn: str, unit: str) -> bool:
    return dn.casefold().endswith(f",{unit}".casefold())


def _unit_of(dn: str) -> str:
    return dn.split(",")[1].removeprefix("OU=")
