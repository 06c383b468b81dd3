"""What is stricter for those who may do much: a password policy of their own, and the group Protected Users."""

from collections.abc import Iterator

from roles.directory.ldif import Add, Entries, Modify
from roles.directory.objects import Change, Desired

ADMINISTRATOR, ADMINISTRATORS, ASSISTANCE = "Administrator", "Domain Admins", "fonction-assistance"
HALF_AN_HOUR, NEVER = "-18000000000", "-9223372036854775808"  # counted in -100 ns (MS-ADTS 3.1.1.3.2)

# A password settings object (MS-ADTS 3.1.1.5.8.2). No expiry: an administrator's age is a rule of `make compliance`,
# where it warns; here it would lock the platform out of its own domain.
SETTINGS = {
    "msDS-PasswordSettingsPrecedence": "10",
    "msDS-MinimumPasswordLength": "16",
    "msDS-PasswordHistoryLength": "24",
    "msDS-PasswordComplexityEnabled": "TRUE",
    "msDS-PasswordReversibleEncryptionEnabled": "FALSE",
    "msDS-MinimumPasswordAge": "0",
    "msDS-MaximumPasswordAge": NEVER,
    "msDS-LockoutThreshold": "5",
    "msDS-LockoutDuration": HALF_AN_HOUR,
    "msDS-LockoutObservationWindow": HALF_AN_HOUR,
}
APPLIES = "msDS-PSOAppliesTo"
ATTRIBUTES = (*SETTINGS, APPLIES)


def changes(desired: Desired, entries: Entries) -> list[Change]:
    """What leads to the settings and to the members of Protected Users; members that others added stay."""
    found = {dn.casefold(): attributes for dn, attributes in entries.items()}
    return [*_settings(desired, found), *_protected(desired, found)]


def _settings(desired: Desired, found: Entries) -> Iterator[Change]:
    dn = f"CN=administrators,CN=Password Settings Container,CN=System,{desired.base_dn}"
    # Who resets passwords holds as much as those whose passwords they are.
    to = [f"CN={ADMINISTRATORS},CN=Users,{desired.base_dn}"]
    to += [group.dn for group in desired.groups if group.name == ASSISTANCE]
    present = found.get(dn.casefold())
    wanted = {name: [value] for name, value in SETTINGS.items()} | {APPLIES: to}
    what = "password policy of administrators"
    if present is None:
        yield Change(f"{what}: create", Add(dn, {"objectClass": ["msDS-PasswordSettings"], **wanted}))
        return
    steps = [
        ("replace", name, values) for name, values in wanted.items() if _set(present.get(name, [])) != _set(values)
    ]
    if steps:
        yield Change(f"{what}: {', '.join(name for _, name, _ in steps)}", Modify(dn, steps))


def _protected(desired: Desired, found: Entries) -> Iterator[Change]:
    """No RC4, no delegation, tickets of four hours for the account that every domain has."""
    group, member = (f"CN={name},CN=Users,{desired.base_dn}" for name in ("Protected Users", ADMINISTRATOR))
    if found and member.casefold() not in found:
        return  # renamed or moved: a rule of `make compliance` still asks for it
    if member.casefold() not in _set(found.get(group.casefold(), {}).get("member", [])):
        yield Change(f"group Protected Users: add {ADMINISTRATOR}", Modify(group, [("add", "member", [member])]))


def _set(values: list[str]) -> set[str]:
    return {value.casefold() for value in values}
