"""What is stricter for those who may do much: created, mended, and no more."""

from inventory.model import load
from roles.directory.ldif import Add, Entries, Modify
from roles.directory.objects import POLICY, desired_of
from roles.directory.privileged import APPLIES, SETTINGS, changes

DESIRED = desired_of(load("lab"))
BASE = DESIRED.base_dn
DN = f"CN=administrators,CN=Password Settings Container,CN=System,{BASE}"
GROUP, ADMINISTRATOR = f"CN=Protected Users,CN=Users,{BASE}", f"CN=Administrator,CN=Users,{BASE}"
APPLIED = [f"CN=Domain Admins,CN=Users,{BASE}", f"CN=fonction-assistance,OU=Groups,{BASE}"]


def settled() -> Entries:
    return {
        ADMINISTRATOR: {"sAMAccountName": ["Administrator"]},
        GROUP: {"member": [ADMINISTRATOR]},
        DN: {name: [value] for name, value in SETTINGS.items()} | {APPLIES: APPLIED[::-1]},
    }


def test_a_fresh_domain_gets_both() -> None:
    create, protect = changes(DESIRED, {})
    assert isinstance(create.record, Add)
    assert create.record.attributes[APPLIES] == APPLIED
    assert protect.record == Modify(GROUP, [("add", "member", [ADMINISTRATOR])])
    fresh = {ADMINISTRATOR: {"sAMAccountName": ["Administrator"]}, GROUP: {}}
    assert changes(DESIRED, fresh) == [create, protect]  # a plan before the domain exists is what is done then


def test_what_is_settled_stays() -> None:
    assert changes(DESIRED, settled()) == []
    shouted = {dn.upper(): attributes for dn, attributes in settled().items()}
    assert changes(DESIRED, shouted) == []


def test_what_was_weakened_is_mended_alone() -> None:
    entries = settled()
    entries[DN]["msDS-MinimumPasswordLength"] = ["7"]
    entries[DN][APPLIES] = []
    (change,) = changes(DESIRED, entries)
    assert change.says == f"password policy of administrators: msDS-MinimumPasswordLength, {APPLIES}"
    assert change.record == Modify(
        DN, [("replace", "msDS-MinimumPasswordLength", ["16"]), ("replace", APPLIES, APPLIED)]
    )


def test_a_member_of_protected_users_that_somebody_added_stays() -> None:
    entries = settled()
    entries[GROUP]["member"].append(f"CN=adm.awa,CN=Users,{BASE}")
    assert changes(DESIRED, entries) == []


def test_an_administrator_that_was_renamed_is_left_to_the_checks() -> None:
    entries = settled()
    entries[f"CN=Chef,CN=Users,{BASE}"] = entries.pop(ADMINISTRATOR)
    entries[GROUP] = {}
    assert changes(DESIRED, entries) == []


def test_administrators_are_held_to_more_than_everybody() -> None:
    assert int(SETTINGS["msDS-MinimumPasswordLength"]) > int(POLICY["minPwdLength"])
    assert int(SETTINGS["msDS-LockoutThreshold"]) < int(POLICY["lockoutThreshold"])
