"""The changes are applied here to a small directory of dicts, so that "twice changes nothing" is tested as such."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from inventory.model import Administration, Person, load
from inventory.model.institution import Functions
from roles.directory.ldif import Add, Entries, Modify, Move
from roles.directory.objects import POLICY, Change, ConflictError, changes, desired_of

ADMINISTRATION = load("lab")
BASE = ADMINISTRATION.platform.base_dn
FRESH: Entries = {
    BASE: {"objectClass": ["domainDNS"], "minPwdLength": ["7"]},
    f"CN=Administrator,CN=Users,{BASE}": {
        "objectClass": ["top", "person", "user"],
        "sAMAccountName": ["Administrator"],
        "userAccountControl": ["512"],
        "isCriticalSystemObject": ["TRUE"],
    },
}


def applied(entries: Entries, wanted: Iterable[Change]) -> Entries:
    after = deepcopy(entries)
    for change in wanted:
        match change.record:
            case Add(dn, attributes):
                after[dn] = {name: [str(value) for value in values] for name, values in attributes.items()}
            case Move(dn, to):
                after[to] = after.pop(dn)
                for attributes in after.values():  # links follow, as in the real one
                    for link in attributes.keys() & {"member", "manager"}:
                        attributes[link] = [to if value == dn else value for value in attributes[link]]
            case Modify(dn, steps):
                for verb, name, values in steps:
                    present = after[dn].setdefault(name, [])
                    if verb == "replace":
                        after[dn] = {**after[dn], name: list(values)} if values else without_key(after[dn], name)
                    elif verb == "add":
                        assert not set(values) & set(present)
                        present += values
                    else:
                        after[dn][name] = [value for value in present if value not in values]
                        assert len(after[dn][name]) == len(present) - len(values)
    return after


def without_key(attributes: dict[str, list[str]], key: str) -> dict[str, list[str]]:
    return {name: values for name, values in attributes.items() if name != key}


def deployed(administration: Administration, entries: Entries) -> tuple[list[str], Entries]:
    wanted = changes(desired_of(administration), entries)
    after = applied(entries, wanted)
    assert changes(desired_of(administration), after) == []
    return [change.says for change in wanted], after


def with_institution(administration: Administration, name: str, **changed: object) -> Administration:
    institution = administration.institutions[name].model_copy(update=changed)
    return replace(administration, institutions={**administration.institutions, name: institution})


def without(administration: Administration, name: str, login: str) -> Administration:
    """The administration once somebody has left."""
    institution = administration.institutions[name]
    return with_institution(
        administration,
        name,
        people=[person for person in institution.people if person.login != login],
        groups={group: [m for m in members if m != login] for group, members in institution.groups.items()},
        functions=Functions(
            **{
                name: rest
                for name, held in institution.functions.held.items()
                if (rest := [m for m in held if m != login])
            }
        ),
    )


def test_a_fresh_domain_gets_everything_in_an_order_that_can_be_applied() -> None:
    says, after = deployed(ADMINISTRATION, FRESH)
    assert says[0] == f"password policy: {', '.join(POLICY)}"
    assert "person awa.exemple: create" in says
    assert "service account svc-mail: create" in says
    assert says.index("unit mtdpce: create") < says.index("person awa.exemple: create")
    assert says.index("group mtdpce-agents: create") < says.index("group mtdpce-agents: add awa.exemple")
    awa = after[f"CN=awa.exemple,OU=mtdpce,OU=Institutions,{BASE}"]
    assert awa["mail"] == ["awa.exemple@mtdpce.gov.bf"]
    assert awa["userPrincipalName"] == ["awa.exemple@intra.gov.bf"]


def test_only_new_accounts_ask_for_a_secret() -> None:
    fresh = changes(desired_of(ADMINISTRATION), FRESH)
    asked = {change.secret for change in fresh if change.secret is not None}
    people = {(f"institution-{i.institution}", person.login) for i, person in ADMINISTRATION.people()}
    assert asked == people | {("mail", "service_account")}
    assert all(isinstance(change.record, Add) for change in fresh if change.secret is not None)


def test_who_leaves_is_disabled_and_in_no_group_and_comes_back_as_before() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    says, gone = deployed(without(ADMINISTRATION, "mtdpce", "issa.modele"), entries)
    assert says == [
        "account issa.modele: disable",
        "group mtdpce-agents: remove issa.modele",
        "group fonction-dsi: remove mtdpce-dsi",
        "group mtdpce-dsi: remove issa.modele",
    ]
    says, back = deployed(ADMINISTRATION, gone)
    assert says == [
        "person issa.modele: enable",
        "group mtdpce-agents: add issa.modele",
        "group mtdpce-dsi: add issa.modele",
        "group fonction-dsi: add mtdpce-dsi",
    ]
    dn = f"CN=issa.modele,OU=mtdpce,OU=Institutions,{BASE}"
    assert back[dn] == entries[dn]


def test_who_changes_institution_keeps_the_account() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    fatou = next(person for _, person in ADMINISTRATION.people() if person.login == "fatou.specimen")
    sante = ADMINISTRATION.institutions["sante"]
    moved = with_institution(without(ADMINISTRATION, "mtdpce", fatou.login), "sante", people=[*sante.people, fatou])
    says, _ = deployed(moved, entries)
    assert says == [
        "person fatou.specimen: move to sante",
        "person fatou.specimen: mail",
        "group mtdpce-agents: remove fatou.specimen",
        "group sante-agents: add fatou.specimen",
        "group fonction-assistance: remove mtdpce-assistance",
        "group mtdpce-assistance: remove fatou.specimen",
    ]


def test_an_institution_that_leaves_keeps_its_unit_and_its_groups_empty() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    others = {name: i for name, i in ADMINISTRATION.institutions.items() if name != "anptic"}
    says, after = deployed(replace(ADMINISTRATION, institutions=others), entries)
    assert says == [
        "account salif.exemple: disable",
        "account aminata.modele: disable",
        "group fonction-dsi: remove anptic-dsi",
        "group anptic-agents: remove salif.exemple",
        "group anptic-agents: remove aminata.modele",
        "group anptic-dsi: remove salif.exemple",
    ]
    assert f"OU=anptic,OU=Institutions,{BASE}" in after


def test_accounts_outside_our_units_are_nobody_s_business() -> None:
    says, after = deployed(ADMINISTRATION, FRESH)
    assert not any("Administrator" in line for line in says)
    administrator = f"CN=Administrator,CN=Users,{BASE}"
    assert after[administrator] == FRESH[administrator]


def test_somebody_added_by_hand_to_a_group_is_taken_out() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    entries[f"CN=mtdpce-dsi,OU=Groups,{BASE}"]["member"].append(f"CN=Administrator,CN=Users,{BASE}")
    says, _ = deployed(ADMINISTRATION, entries)
    assert says == ["group mtdpce-dsi: remove Administrator"]


def test_names_are_compared_as_active_directory_does() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    shouted = {dn.replace("OU=mtdpce", "ou=MTDPCE"): attributes for dn, attributes in entries.items()}
    for attributes in shouted.values():
        attributes["member"] = [dn.replace("OU=mtdpce", "ou=MTDPCE") for dn in attributes.get("member", [])]
    assert changes(desired_of(ADMINISTRATION), shouted) == []


@pytest.mark.parametrize("login", ["administrator", "svc-mail", "mtdpce-agents"])
def test_a_login_that_is_taken_is_refused_and_nothing_of_its_owner_changes(login: str) -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    impostor = Person(id="M9", login=login, given="Im", family="Posteur")
    people = [*ADMINISTRATION.institutions["sante"].people, impostor]
    with pytest.raises(ConflictError, match=f"^{login}: the directory has this name already, for CN="):
        changes(desired_of(with_institution(ADMINISTRATION, "sante", people=people)), entries)


def edited(administration: Administration, login: str, /, **changed: Any) -> Administration:
    """The administration once something is said of somebody."""
    where = next(i for i, person in administration.people() if person.login == login)
    people = [p.model_copy(update=changed) if p.login == login else p for p in where.people]
    named = {login: changed.get("login", login)}
    groups = {name: [named.get(m, m) for m in members] for name, members in where.groups.items()}
    functions = Functions(**{f: [named.get(m, m) for m in held] for f, held in where.functions.held.items()})
    return with_institution(administration, where.institution, people=people, groups=groups, functions=functions)


def test_a_marriage_renames_the_same_account() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    says, after = deployed(edited(ADMINISTRATION, "awa.exemple", login="awa.kabore", family="Kaboré"), entries)
    assert says == [
        "person awa.kabore: login, was awa.exemple",
        "person awa.kabore: sAMAccountName, userPrincipalName, sn, displayName, mail",
    ]
    assert after[f"CN=awa.kabore,OU=mtdpce,OU=Institutions,{BASE}"]["employeeID"] == ["M1001"]
    assert f"CN=awa.kabore,OU=mtdpce,OU=Institutions,{BASE}" in after[f"CN=mtdpce-conseil,OU=Groups,{BASE}"]["member"]


def test_a_name_is_changed_and_an_institution_too_in_one_deploy() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    fatou = next(p for _, p in ADMINISTRATION.people() if p.login == "fatou.specimen")
    sante = ADMINISTRATION.institutions["sante"]
    married = fatou.model_copy(update={"login": "fatou.ba", "family": "Ba"})
    moved = with_institution(without(ADMINISTRATION, "mtdpce", fatou.login), "sante", people=[*sante.people, married])
    says, after = deployed(moved, entries)
    assert says[0] == "person fatou.ba: move to sante"
    assert after[f"CN=fatou.ba,OU=sante,OU=Institutions,{BASE}"]["employeeID"] == [fatou.id]


def test_two_people_of_one_name_are_two_accounts() -> None:
    twin = Person(id="M2009", login="awa.exemple2", given="Awa", family="Exemple")
    both = with_institution(ADMINISTRATION, "sante", people=[*ADMINISTRATION.institutions["sante"].people, twin])
    _, after = deployed(both, FRESH)
    found = {
        attributes["employeeID"][0] for attributes in after.values() if attributes.get("displayName") == ["Awa Exemple"]
    }
    assert found == {"M1001", "M2009"}


def test_a_long_name_keeps_its_login_whole_and_has_a_short_account() -> None:
    login = "marie-antoinette.ouedraogo-kabore"
    person = Person(id="M2009", login=login, given="Marie-Antoinette", family="Ouédraogo-Kaboré")
    longer = with_institution(ADMINISTRATION, "sante", people=[*ADMINISTRATION.institutions["sante"].people, person])
    _, after = deployed(longer, FRESH)
    entry = after[f"CN={login},OU=sante,OU=Institutions,{BASE}"]
    assert entry["userPrincipalName"] == [f"{login}@intra.gov.bf"]
    assert entry["mail"] == [f"{login}@sante.gov.bf"]
    assert entry["sAMAccountName"] == [person.account]
    assert len(person.account) == 20


def test_an_account_that_has_no_id_yet_is_adopted_once_by_its_login() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    for attributes in entries.values():
        attributes.pop("employeeID", None)
    says, after = deployed(ADMINISTRATION, entries)
    assert says == [f"person {person.login}: employeeID" for _, person in ADMINISTRATION.people()]
    assert after[f"CN=awa.exemple,OU=mtdpce,OU=Institutions,{BASE}"]["employeeID"] == ["M1001"]


def test_a_login_that_is_another_s_by_id_is_refused_by_name() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    with pytest.raises(
        ConflictError, match=r"^awa\.exemple: in the directory this login is that of M1001, not of M9: "
    ):
        changes(desired_of(edited(ADMINISTRATION, "awa.exemple", id="M9")), entries)
    swapped = edited(ADMINISTRATION, "awa.exemple", login="x.y")
    swapped = edited(swapped, "issa.modele", login="awa.exemple")
    with pytest.raises(
        ConflictError, match=r"^awa\.exemple: in the directory this login is that of M1001, not of M1002"
    ):
        changes(desired_of(swapped), entries)


def test_an_id_that_was_copied_by_hand_is_refused_by_name() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    entries[f"CN=double,OU=mtdpce,OU=Institutions,{BASE}"] = {
        "sAMAccountName": ["double"], "employeeID": ["M1001"], "userAccountControl": ["512"],
    }  # fmt: skip
    with pytest.raises(ConflictError, match=r"^awa\.exemple: several accounts have the id M1001: CN=awa.*CN=double"):
        changes(desired_of(ADMINISTRATION), entries)


def test_who_left_is_said_and_disabled_and_in_no_group_and_counts_as_no_removal() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    left = edited(ADMINISTRATION, "issa.modele", left="2026-01-31")
    wanted = changes(desired_of(left), entries)
    assert [change.removes for change in wanted] == [""] * 3
    says, gone = deployed(left, entries)
    assert says == [
        "person issa.modele: disable, left 2026-01-31",
        "group mtdpce-agents: remove issa.modele",
        "group mtdpce-dsi: remove issa.modele",
    ]
    says, _ = deployed(ADMINISTRATION, gone)
    assert says == [
        "person issa.modele: enable",
        "group mtdpce-agents: add issa.modele",
        "group mtdpce-dsi: add issa.modele",
    ]


def test_who_is_moved_while_a_leaver_stays_out_and_who_comes_back_elsewhere_has_only_the_rights_of_there() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    _, gone = deployed(without(ADMINISTRATION, "mtdpce", "issa.modele"), entries)
    issa = next(p for _, p in ADMINISTRATION.people() if p.login == "issa.modele")
    elsewhere = without(ADMINISTRATION, "mtdpce", "issa.modele")
    people = elsewhere.institutions["sante"].people
    still_left = issa.model_copy(update={"left": "2026-01-31"})
    says, moved = deployed(with_institution(elsewhere, "sante", people=[*people, still_left]), gone)
    assert says == ["person issa.modele: move to sante", "person issa.modele: mail"]
    says, _ = deployed(with_institution(elsewhere, "sante", people=[*people, issa]), moved)
    assert says == ["person issa.modele: enable", "group sante-agents: add issa.modele"]


def test_who_left_before_there_was_an_account_gets_none() -> None:
    says, after = deployed(edited(ADMINISTRATION, "fatou.specimen", left="2026-01-31"), FRESH)
    assert not any("fatou" in line for line in says)
    assert not any("fatou" in dn for dn in after)


def test_what_is_said_of_a_person_comes_and_goes() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    dn = f"CN=awa.exemple,OU=mtdpce,OU=Institutions,{BASE}"
    entries[dn]["accountExpires"] = ["9223372036854775807"]  # as samba makes an account
    said = edited(ADMINISTRATION, "awa.exemple", title="Directrice", until="2027-06-30", manager="issa.modele")
    says, after = deployed(said, entries)
    assert says == ["person awa.exemple: title, accountExpires, manager"]
    assert after[dn]["accountExpires"] == ["134588736000000000"]  # 2027-07-01 00:00 UTC
    assert after[dn]["manager"] == [f"CN=issa.modele,OU=mtdpce,OU=Institutions,{BASE}"]
    renamed = edited(said, "issa.modele", login="issa.ba")
    says, after = deployed(edited(renamed, "awa.exemple", manager="issa.ba"), after)
    assert not any("awa.exemple" in line for line in says)  # the link follows
    says, after = deployed(ADMINISTRATION, after)
    assert "person awa.exemple: title, accountExpires, manager" in says
    assert after[dn]["accountExpires"] == ["0"]


def test_a_manager_who_left_is_nobody_s() -> None:
    said = edited(ADMINISTRATION, "awa.exemple", manager="issa.modele")
    _, entries = deployed(said, FRESH)
    says, _ = deployed(edited(said, "issa.modele", left="2026-01-31"), entries)
    assert "person awa.exemple: manager" in says


def test_groups_hold_groups_and_functions_are_of_the_whole_administration() -> None:
    sante = ADMINISTRATION.institutions["sante"]
    nested = with_institution(ADMINISTRATION, "sante", groups={**sante.groups, "cabinet": ["mariam.modele", "conseil"]})
    assert nested.groups["sante-cabinet"].members == ("mariam.modele", "moussa.exemple")
    _, after = deployed(nested, FRESH)
    assert after[f"CN=sante-cabinet,OU=Groups,{BASE}"]["member"] == [
        f"CN=mariam.modele,OU=sante,OU=Institutions,{BASE}",
        f"CN=sante-conseil,OU=Groups,{BASE}",
    ]
    assert after[f"CN=fonction-dsi,OU=Groups,{BASE}"]["member"] == [
        f"CN={name}-dsi,OU=Groups,{BASE}" for name in ("anptic", "mtdpce", "sante")
    ]
    says, _ = deployed(ADMINISTRATION, after)
    assert says == ["group sante-cabinet: remove mariam.modele", "group sante-cabinet: remove sante-conseil"]


def test_an_administrators_own_account_is_left_to_compliance() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    admin, inside = f"CN=adm-awa,CN=Users,{BASE}", f"CN=adm-issa,OU=sante,OU=Institutions,{BASE}"
    entries |= {dn: {"sAMAccountName": [dn[3:10]], "userAccountControl": ["512"]} for dn in (admin, inside)}
    entries[f"CN=Domain Admins,CN=Users,{BASE}"] = {
        "sAMAccountName": ["Domain Admins"], "isCriticalSystemObject": ["TRUE"], "member": [admin, inside],
    }  # fmt: skip
    assert [change.says for change in changes(desired_of(ADMINISTRATION), entries)] == [
        f"account adm-iss, made by hand in OU=sante,OU=Institutions,{BASE}: disable"
    ]


def test_an_account_made_by_hand_is_told_and_disabled_and_never_deleted() -> None:
    _, entries = deployed(ADMINISTRATION, FRESH)
    by_hand = {"sAMAccountName": ["intrus"], "userAccountControl": ["512"]}
    inside, outside = f"CN=In\\,trus,OU=sante,OU=Institutions,{BASE}", f"CN=Intrus2,CN=Users,{BASE}"
    entries |= {inside: dict(by_hand), outside: {**by_hand, "sAMAccountName": ["intrus2"]}}
    wanted = changes(desired_of(ADMINISTRATION), entries)
    assert [(change.says, change.institution, change.removes) for change in wanted] == [
        (f"account intrus, made by hand in OU=sante,OU=Institutions,{BASE}: disable", "sante", "account"),
        (f"account intrus2, made by hand in CN=Users,{BASE}: disable", "", "account"),
    ]
    _, after = deployed(ADMINISTRATION, entries)
    assert {inside, outside} <= after.keys()


@pytest.mark.parametrize("done", range(0, 40, 3))
def test_what_a_run_that_died_left_undone_the_next_one_does(done: int) -> None:
    """Whatever part of the changes was made, what is left leads to the same directory."""
    wanted = changes(desired_of(ADMINISTRATION), FRESH)
    says, after = deployed(ADMINISTRATION, applied(FRESH, wanted[:done]))
    assert says == [change.says for change in wanted[done:]]
    assert after == applied(FRESH, wanted)
