"""The changes are applied here to a small directory of dicts, so that "twice changes nothing" is tested as such."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace

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
                    attributes["member"] = [to if m == dn else m for m in attributes.get("member", [])]
            case Modify(dn, steps):
                for verb, name, values in steps:
                    present = after[dn].setdefault(name, [])
                    if verb == "replace":
                        after[dn][name] = list(values)
                    elif verb == "add":
                        assert not set(values) & set(present)
                        present += values
                    else:
                        after[dn][name] = [value for value in present if value not in values]
                        assert len(after[dn][name]) == len(present) - len(values)
    return after


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
