"""What the directory must hold, from the inventory, and the changes that lead there from what it holds."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from inventory.model import Administration
from roles.common.commands import Removed
from roles.directory.found import DISABLED, Entry, Found, parent_of
from roles.directory.ldif import Add, Attributes, Entries, Modify, Move, Record, Step
from roles.directory.same import OWNED, UNLIMITED, digest

# userAccountControl (MS-ADTS 2.2.16)
NORMAL, NEVER_EXPIRES = 0x200, 0x10000

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
UNSET = {"accountExpires": ["0"]}  # what an attribute that cannot be absent is without a value
NO_END = [[value] for value in UNLIMITED]
AES_ONLY = "24"  # msDS-SupportedEncryptionTypes (MS-KILE 2.2.7)


class ConflictError(Exception):
    """The inventory names an account that is not its own."""


@dataclass(frozen=True)
class Account:
    """Somebody, or a service, with what is known of them and where the first password is."""

    kind: str
    login: str  # as people say it
    unit: str  # the DN below which it stands, wherever exactly
    dn: str
    attributes: Mapping[str, str]  # "" is none
    secret: tuple[str, str]  # scope and key
    institution: str = ""
    control: int = NORMAL
    manager: str = ""  # a DN
    left: str = ""  # the day, where they have


@dataclass(frozen=True)
class Group:
    """A group, and who it holds: logins and names of other groups by their DN."""

    name: str
    dn: str
    members: Mapping[str, str]
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
    places = {p.login: f"CN={p.login},OU={i.institution},{institutions}" for i, p in administration.people()}
    managers = {p.login: places[p.login] for _, p in administration.people() if p.left is None}
    people = [
        Account(
            kind="person",
            login=person.login,
            unit=institutions,
            dn=places[person.login],
            attributes={
                "sAMAccountName": person.account,
                "employeeID": person.id,
                "userPrincipalName": f"{person.login}@{platform.domain}",
                "givenName": person.given,
                "sn": person.family,
                "displayName": person.display_name,
                "mail": institution.address_of(person),
                "title": person.title or "",
                "accountExpires": expiry(person.until) if person.until else "",
            },
            secret=(f"institution-{institution.institution}", person.login),
            institution=institution.institution,
            manager=managers.get(person.manager or "", ""),
            left=person.left or "",
        )
        for institution, person in administration.people()
    ]
    mail = Account(
        kind="service account",
        login="svc-mail",
        unit=services,
        dn=f"CN=svc-mail,{services}",
        attributes={
            "sAMAccountName": "svc-mail",
            "userPrincipalName": f"svc-mail@{platform.domain}",
            "description": "Mail looks up people and checks their passwords",
            "msDS-SupportedEncryptionTypes": AES_ONLY,
        },
        secret=("mail", "service_account"),
        control=NORMAL | NEVER_EXPIRES,
    )
    named = {name: f"CN={name},{groups}" for name in administration.groups}
    return Desired(
        base_dn=platform.base_dn,
        units=units,
        accounts=(*people, mail),
        groups=tuple(
            Group(
                group.name,
                named[group.name],
                {login: places[login] for login in group.people} | {name: named[name] for name in group.groups},
                group.institution,
            )
            for group in administration.groups.values()
        ),
    )


def expiry(until: str) -> str:
    """The accountExpires of a last day (ISO 8601): the midnight after it, in 100 ns since 1601 (MS-ADA1 2.2)."""
    midnight = datetime.combine(date.fromisoformat(until), time(), UTC) + timedelta(days=1)
    return str(int((midnight - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000)


def digests(desired: Desired) -> dict[str, Account]:
    """Each person's account that is to be in use, by the digest that a controller says of it when it is as wanted."""
    return {
        digest(account.dn, [{**account.attributes, "manager": account.manager}[name] for name in OWNED]): account
        for account in desired.accounts
        if account.institution and not account.left
    }


def changes(desired: Desired, entries: Entries, same: Collection[Account] = ()) -> list[Change]:
    """What leads from the entries to the desired state, in an order that can be applied. Raises ConflictError.

    The accounts that are the `same` as wanted are not among the entries.
    """
    found = Found(entries, {account.dn: _settled(account) for account in same})
    settled = {account.dn for account in same}
    owned = {account.dn: _owned(account, found) for account in desired.accounts}
    now = {entry.dn.casefold(): dn for dn, entry in owned.items() if entry}  # where each account will stand
    differing = [account for account in desired.accounts if account.dn not in settled]
    return [
        *_policy(desired, found),
        *_units(desired, found),
        *(change for account in differing for change in _placed(account, owned[account.dn])),
        *(change for account in differing for change in _described(account, owned[account.dn], now)),
        *_strangers(desired, found, now),
        *(change for group in desired.groups for change in _group(group, found, now)),
        *_emptied(desired, found, now),
    ]


def _settled(account: Account) -> dict[str, list[str]]:
    """What is asked of an account that is as it must be."""
    names = {name: [account.attributes[name]] for name in ("sAMAccountName", "employeeID")}
    return {**names, "userAccountControl": [str(account.control)]}


def _differing(wanted: Mapping[str, str], found: Mapping[str, list[str]]) -> list[Step]:
    """A step for each attribute that is not as wanted; without values it goes."""
    return [
        ("replace", name, [value] if value else UNSET.get(name, []))
        for name, value in wanted.items()
        if found.get(name, []) != ([value] if value else []) and (value or found.get(name) not in NO_END)
    ]


def _names(steps: list[Step]) -> str:
    return ", ".join(name for _, name, _ in steps)


def _policy(desired: Desired, found: Found) -> Iterator[Change]:
    steps = _differing(POLICY, found.attributes(desired.base_dn) or {})
    if steps:
        yield Change(f"password policy: {_names(steps)}", Modify(desired.base_dn, steps))


def _units(desired: Desired, found: Found) -> Iterator[Change]:
    for dn, description in desired.units.items():
        name = dn.partition(",")[0].removeprefix("OU=")
        attributes = found.attributes(dn)
        if attributes is None:
            yield Change(
                f"unit {name}: create",
                Add(dn, {"objectClass": ["organizationalUnit"], "description": [description]}),
            )
        elif steps := _differing({"description": description}, attributes):
            yield Change(f"unit {name}: {_names(steps)}", Modify(dn, steps))


def _owned(account: Account, found: Found) -> Entry | None:
    """The entry of an account: that of its id; failing that, one of its name that is nobody's yet."""
    name, identifier = account.attributes["sAMAccountName"], account.attributes.get("employeeID", "")
    own = found.of_id(identifier) if identifier else []
    if len(own) > 1:
        raise ConflictError(
            f"{account.login}: several accounts have the id {identifier}: {', '.join(e.dn for e in own)}"
        )
    named = found.of_name(name)
    if named is not None and named not in own:
        if not _below(named.dn, account.unit) or not named.is_account:
            raise ConflictError(
                f"{account.login}: the directory has this name already, for {named.dn}: choose another login"
            )
        other = named.first("employeeID")
        if other or own:
            raise ConflictError(
                f"{account.login}: in the directory this login is that of {other or named.dn}, not of {identifier}: "
                "choose another"
            )
    entry = own[0] if own else named
    if entry is not None and not _below(entry.dn, account.unit):
        raise ConflictError(f"{account.login}: the directory has the id {identifier} already, for {entry.dn}")
    there = found.entry(account.dn)
    if there is not None and there != entry:
        raise ConflictError(f"{account.login}: {there.dn} is another's in the directory: choose another login")
    return entry


def _placed(account: Account, entry: Entry | None) -> Iterator[Change]:
    """The account exists, in its institution, under its login."""
    what = f"{account.kind} {account.login}"
    if entry is None and not account.left:
        attributes: Attributes = {
            "objectClass": ["user"],
            "userAccountControl": [str(account.control)],
            **{name: [value] for name, value in account.attributes.items() if value},
        }
        yield Change(f"{what}: create", Add(account.dn, attributes), account.secret, account.institution)
    elif entry is not None and entry.dn.casefold() != account.dn.casefold():
        if parent_of(entry.dn).casefold() != parent_of(account.dn).casefold():
            yield Change(
                f"{what}: move to {_unit_of(account.dn)}", Move(entry.dn, account.dn), None, account.institution
            )
        else:
            was = f"{what}: login, was {entry.first('sAMAccountName')}"
            yield Change(was, Move(entry.dn, account.dn), None, account.institution)


def _described(account: Account, entry: Entry | None, now: Mapping[str, str]) -> Iterator[Change]:
    """What is known of the account, whether it may be used, and who it answers to; every account exists by now."""
    what = f"{account.kind} {account.login}"
    if entry is None and account.left:
        return
    steps = _differing(account.attributes, entry.attributes) if entry else []
    manager = entry.first("manager") if entry else ""
    if now.get(manager.casefold(), manager).casefold() != account.manager.casefold():
        steps.append(("replace", "manager", [account.manager] if account.manager else []))
    if steps:
        yield Change(f"{what}: {_names(steps)}", Modify(account.dn, steps), None, account.institution)
    if entry is None:
        return
    if entry.disabled and not account.left:
        yield Change(f"{what}: enable", _control(account.dn, entry.control & ~DISABLED), None, account.institution)
    elif account.left and not entry.disabled:
        says, record = f"{what}: disable, left {account.left}", _control(account.dn, entry.control | DISABLED)
        yield Change(says, record, None, account.institution)


def _strangers(desired: Desired, found: Found, now: Mapping[str, str]) -> Iterator[Change]:
    """Accounts that nobody declares open nothing, and keep what they have: people who left, what was made by hand.

    Who administers the domain by an account of their own, outside our units, is left to `make compliance`.
    """
    own = [f"OU={unit},{desired.base_dn}" for unit in ("Institutions", "Services")]
    administrators = found.administrators
    for entry in found.accounts:
        if entry.disabled or entry.critical or entry.dn.casefold() in now:
            continue
        ours = any(_below(entry.dn, unit) for unit in own)
        if not ours and entry.dn.casefold() in administrators:
            continue
        by_hand = not ours or (_below(entry.dn, own[0]) and not entry.first("employeeID"))
        says = f"account {entry.name}{f', made by hand in {parent_of(entry.dn)}' if by_hand else ''}: disable"
        record = _control(entry.dn, entry.control | DISABLED)
        yield Change(says, record, institution=_unit_of(entry.dn) if ours else "", removes="account")


def _group(group: Group, found: Found, now: Mapping[str, str]) -> Iterator[Change]:
    present = found.attributes(group.dn)
    if present is None:
        yield Change(
            f"group {group.name}: create",
            Add(group.dn, {"objectClass": ["group"], "sAMAccountName": [group.name]}),
            institution=group.institution,
        )
    here = {now.get(dn.casefold(), dn).casefold(): dn for dn in (present or {}).get("member", [])}
    wanted = {dn.casefold(): name for name, dn in group.members.items()}
    for key, name in wanted.items():
        if key not in here:
            add = Modify(group.dn, [("add", "member", [group.members[name]])])
            yield Change(f"group {group.name}: add {name}", add, institution=group.institution)
    for key, dn in here.items():
        if key not in wanted:
            yield _removal(group.name, group.dn, dn, found, now, group.institution)


def _emptied(desired: Desired, found: Found, now: Mapping[str, str]) -> Iterator[Change]:
    """A group that left the inventory stays, with nobody in it."""
    present = {group.dn.casefold() for group in desired.groups}
    for entry in found.groups:
        if _below(entry.dn, f"OU=Groups,{desired.base_dn}") and entry.dn.casefold() not in present:
            for dn in entry.attributes.get("member", []):
                yield _removal(entry.name, entry.dn, dn, found, now)


def _removal(group: str, group_dn: str, dn: str, found: Found, now: Mapping[str, str], institution: str = "") -> Change:
    entry = found.entry(dn)
    record = Modify(group_dn, [("delete", "member", [now.get(dn.casefold(), dn)])])
    return Change(f"group {group}: remove {entry.name if entry else dn}", record, institution=institution)


def _control(dn: str, control: int) -> Modify:
    return Modify(dn, [("replace", "userAccountControl", [str(control)])])


def _below(dn: str, unit: str) -> bool:
    return dn.casefold().endswith(f",{unit}".casefold())


def _unit_of(dn: str) -> str:
    return parent_of(dn).partition(",")[0].removeprefix("OU=")
