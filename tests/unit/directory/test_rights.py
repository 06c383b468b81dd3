"""The rights of help desks: what is granted, once, and what somebody else granted."""

import json

import pytest
from pyinfra.context import ctx_host

from inventory.model import load
from roles.common.commands import Explained
from roles.directory import operations
from roles.directory.facts import UnitRights
from roles.directory.ldif import Entries
from roles.directory.objects import desired_of
from roles.directory.rights import BY_DEFAULT, RIGHTS, aces, delegations, foreign, missing

DESIRED = desired_of(load("lab"))
DELEGATIONS = delegations(DESIRED)
SID = "S-1-5-21-1-2-3-{}"
INHERITED = "(OA;CIIOID;RP;4c164200-20c0-11d0-a768-00aa006e0529;bf967aba-0de6-11d0-a285-00aa003049e2;RU)"
DEFAULT = "".join(sorted(BY_DEFAULT)).upper()


def directory(*, granted: bool) -> Entries:
    """Units as samba shows them, each with its help desk."""
    entries: Entries = {}
    for number, each in enumerate(DELEGATIONS):
        sid = SID.format(1100 + number)
        entries[each.group] = {"objectSid": [sid]}
        ours = "".join(ace.format(sid) for ace in RIGHTS.values()) if granted else ""
        entries[each.unit] = {"nTSecurityDescriptor": [f"O:DAD:AI{DEFAULT}{ours}{INHERITED}S:AI(AU;SA;WD;;;WD)"]}
    return entries


def test_an_institution_that_has_a_help_desk_delegates_its_own_unit() -> None:
    assert {(each.institution, each.unit) for each in DELEGATIONS} == {
        (name, f"OU={name},OU=Institutions,{DESIRED.base_dn}") for name in ("mtdpce", "sante")
    }


def test_each_right_is_about_the_people_in_the_unit_alone() -> None:
    for ace in RIGHTS.values():
        kind, flags, right, what, whom, who = ace.strip("()").split(";")
        assert (kind, flags, whom, who) == ("OA", "CIIO", "bf967aba-0de6-11d0-a285-00aa003049e2", "{}")
        assert right in ("CR", "WP")
        assert len(what) == 36


@pytest.mark.parametrize("entries", [{}, directory(granted=False)])
def test_what_is_not_there_yet_is_granted_in_words_that_a_plan_shows(entries: Entries) -> None:
    assert [grant.says() for grant in missing(DELEGATIONS, entries)] == [
        "unit mtdpce: mtdpce-assistance may reset passwords, force a change at next logon, unlock",
        "unit sante: sante-assistance may reset passwords, force a change at next logon, unlock",
    ]


def test_what_is_granted_is_not_granted_again() -> None:
    assert missing(DELEGATIONS, directory(granted=True)) == []
    assert list(foreign(DELEGATIONS, directory(granted=True))) == []


def test_one_right_that_was_taken_away_is_found() -> None:
    entries = directory(granted=True)
    unit = entries[DELEGATIONS[0].unit]
    lost = RIGHTS["unlock"].format(SID.format(1100))
    unit["nTSecurityDescriptor"] = [unit["nTSecurityDescriptor"][0].replace(lost, "")]
    (grant,) = missing(DELEGATIONS, entries)
    assert grant.says() == "unit mtdpce: mtdpce-assistance may unlock"


def test_a_right_of_a_group_that_was_made_anew_is_granted_anew_and_the_old_one_is_foreign() -> None:
    entries = directory(granted=True)
    entries[DELEGATIONS[0].group] = {"objectSid": [SID.format(2000)]}
    assert len(missing(DELEGATIONS, entries)[0].rights) == len(RIGHTS)
    assert {dn for dn, _ in foreign(DELEGATIONS, entries)} == {DELEGATIONS[0].unit}


def test_what_somebody_granted_by_hand_is_found_and_left() -> None:
    entries = directory(granted=True)
    unit = entries[DELEGATIONS[1].unit]
    by_hand = "(A;CI;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;S-1-5-21-1-2-3-4242)"
    unit["nTSecurityDescriptor"] = [unit["nTSecurityDescriptor"][0].replace(INHERITED, by_hand + INHERITED)]
    assert list(foreign(DELEGATIONS, entries)) == [(DELEGATIONS[1].unit, by_hand.casefold())]
    assert missing(DELEGATIONS, entries) == []


def test_a_help_desk_s_right_on_another_unit_is_foreign() -> None:
    entries = directory(granted=True)
    first, second = (entries[each.unit]["nTSecurityDescriptor"] for each in DELEGATIONS)
    second[0] = second[0].replace(INHERITED, RIGHTS["reset passwords"].format(SID.format(1100)))
    assert [dn for dn, _ in foreign(DELEGATIONS, entries)] == [DELEGATIONS[1].unit]
    assert first


def test_only_the_entries_of_a_unit_itself_are_read() -> None:
    assert aces(f"O:DAG:DAD:AI(A;;RP;;;AU){INHERITED}(A;CI;RC;;;ED)S:(AU;SA;WD;;;WD)") == [
        "(a;;rp;;;au)",
        "(a;ci;rc;;;ed)",
    ]


class Host:
    """A controller whose units are these."""

    def __init__(self, entries: Entries) -> None:
        self.entries, self.left_alone = entries, 0

    def get_fact(self, fact: type[UnitRights]) -> Entries:
        assert fact is UnitRights
        return self.entries

    def noop(self, _why: str) -> None:
        self.left_alone += 1


def commands(host: Host) -> list[Explained]:
    with ctx_host.use(host):  # type: ignore[arg-type]  # as much of one as is asked
        return list(operations.rights._inner(desired=DESIRED))


def test_what_lacks_is_granted_by_one_command_that_names_no_sid() -> None:
    (command,) = commands(Host(directory(granted=False)))
    assert [(change.text.split(":")[0], change.institution) for change in command.changes] == [
        ("unit mtdpce", "mtdpce"),
        ("unit sante", "sante"),
    ]
    wanted = json.loads(command.connector_arguments["_stdin"])
    assert [(unit, group) for unit, group, _ in wanted] == [(each.unit, each.group) for each in DELEGATIONS]
    assert all(aces == list(RIGHTS.values()) for _, _, aces in wanted)
    # A plan before the groups exist is what is done once they do.
    assert commands(Host({}))[0].connector_arguments == command.connector_arguments


def test_a_second_deploy_grants_nothing() -> None:
    host = Host(directory(granted=True))
    assert (commands(host), host.left_alone) == ([], 1)


def test_units_are_read_as_ldbsearch_prints_them() -> None:
    said = ["# record 1", "dn: OU=sante,DC=x", "nTSecurityDescriptor: D:AI(A;;RP;;;AU)(OA;CI", " IO;CR;;;SY)", ""]
    assert UnitRights().process(said) == {
        "OU=sante,DC=x": {"nTSecurityDescriptor": ["D:AI(A;;RP;;;AU)(OA;CIIO;CR;;;SY)"]}
    }
