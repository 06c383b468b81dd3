"""Plans as data and as text: what is written, read, compared, counted, and shown first."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from deploys.engine.change import Change, Line, Plan, PlanError, differences, read
from deploys.engine.institutions import institution_of
from deploys.engine.limits import TooManyRemovalsError, check_removals
from deploys.engine.show import failures, order, shown, summary
from inventory.model import Administration, load
from roles.mail.config import config_of

CHANGES = (
    Change(
        "dc1", "dc: users", (Line("account awa: create", "sante"), Line("account issa: remove", "sante", "account"))
    ),
    Change("dc1", "dc: service", (Line("restart samba-ad-dc"),), risk="interruption"),
    Change(
        "mail1", "mail: mailboxes", (Line("+awa@sante.gov.bf", "sante"), Line("+b@mef.gov.bf", "mef")), "conditional"
    ),
    Change("mail1", "mail: accounts", (Line("account old: remove", "mef", "account"),), risk="removal"),
    Change("sw1", "lan: configuration", (Line("no vlan 30", "", "vlan"),), risk="lockout", kind="device"),
    Change("sw1", "lan: more", (Line("no shutdown"),), "unknown", kind="device"),
)


@pytest.fixture
def plan() -> Plan:
    return Plan(
        environment="lab",
        commit="abc",
        made_at="2026-11-25T13:20:00Z",
        deploys=("site",),
        limit=(),
        hosts=("dc1", "mail1", "sw1"),
        changes=CHANGES,
        not_planned={"guest1": "unreachable: no answer"},
        secrets={"mail": "0123"},
    )


@pytest.fixture(scope="module")
def administration() -> Administration:
    return load("lab")


def test_a_plan_for_people(plan: Plan) -> None:
    assert "\n".join(shown(plan, verbose=False)) == (
        """\
Look at these first:
  sw1: lan: configuration: may cut our own way in
  mail1: mail: accounts: takes something away
  dc1: dc: service: interrupts a service

the platform
  dc1: dc: service
      restart samba-ad-dc
  sw1: lan: configuration
      no vlan 30
  sw1: lan: more  (known only then)
      no shutdown
mef
  mail1: mail: mailboxes  (as seen today: an earlier step may change it)
      +b@mef.gov.bf
  mail1: mail: accounts
      account old: remove
sante
  dc1: dc: users
      account awa: create
      account issa: remove
  mail1: mail: mailboxes  (as seen today: an earlier step may change it)
      +awa@sante.gov.bf"""
    )
    assert summary(plan) == (
        "6 changes on 3 machines, conditional: 1, interruption: 1, lockout: 1, removal: 1, unknown: 1"
    )


def test_a_long_change_is_cut_and_says_so(plan: Plan) -> None:
    def text(number: int, verbose: bool = False) -> list[str]:
        change = Change("dc1", "dc: users", tuple(Line(f"line {n}") for n in range(number)))
        return list(shown(replace(plan, changes=(change,)), verbose))[2:]

    assert len(text(21)) == 21  # one line more is as short as to say that there is one more
    assert text(22)[20:] == ["      … and 2 lines more (V=1 shows them)"]
    assert len(text(500, verbose=True)) == 500


def test_a_line_of_a_device_says_why(plan: Plan) -> None:
    change = Change(
        "sw1", "lan: configuration", (Line("no vlan 30", why="no longer intended"), Line("exit")), kind="device"
    )
    *_, removal, leave = shown(replace(plan, changes=(change,)), verbose=False)
    assert (removal.split(), leave) == (["no", "vlan", "30", "#", "no", "longer", "intended"], "      exit")
    unexplained = replace(change, lines=tuple(Line(line.text) for line in change.lines))
    assert differences(replace(plan, changes=(change,)), replace(plan, changes=(unexplained,))) == []


def test_a_plan_without_changes_is_one_line(plan: Plan) -> None:
    nothing = replace(plan, changes=())
    assert list(shown(nothing, verbose=False)) == []
    assert summary(nothing) == "nothing to change (3 machines)"


def test_hosts_that_fail_alike_share_a_line(plan: Plan) -> None:
    bad = replace(plan, not_planned={"b": "one", "c": "two", "a": "one"})
    assert list(failures(bad)) == ["a, b: cannot be planned: one", "c: cannot be planned: two"]


def test_hosts_are_in_order_and_their_steps_as_they_are_done() -> None:
    """A router is a host, and a device between two stages of it."""
    steps = [
        ("files", "r1", "4"),
        ("router", "r1", "2"),
        ("base", "r1", "1"),
        ("uplinks", "r1", "3"),
        ("base", "a1", "1"),
    ]
    changes = [(deploy, Change(host, step, ())) for deploy, host, step in steps]
    found = order(changes, (("base",), ("router",), ("uplinks",), ("directory", "files")))
    assert [(each.host, each.step) for each in found] == [
        ("a1", "1"),
        ("r1", "1"),
        ("r1", "2"),
        ("r1", "3"),
        ("r1", "4"),
    ]
    within = [("base", Change("r1", step, ())) for step in ("b", "a", "c")]
    assert [each.step for each in order(within, (("base",),))] == ["b", "a", "c"]


def test_what_is_written_is_read(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "new/folder/plan.json"
    plan.write(path)
    assert read(path) == plan
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["plan.json"]
    assert json.loads(path.read_text())["checksum"] == plan.checksum


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            lambda text: text.replace("sante.gov.bf", "mef.gov.bf"),
            "was edited since it was made (its checksum differs)",
        ),
        (lambda text: text.replace('"format": 1', '"format": 2'), "made by another version of the engine"),
        (lambda text: text[:200], "this is not a plan"),
        (lambda _: "", "this is not a plan"),
        (lambda _: "[]", "this is not a plan"),
        (lambda _: "null", "this is not a plan"),
        (lambda _: '{"checksum": 1, "format": 1}', "this is not a plan"),
        (lambda text: text.replace('"step"', '"stp"'), "this is not a plan"),
        (lambda text: text.replace('"hosts"', '"guests"'), "this is not a plan"),
    ],
)
def test_what_is_no_plan_is_refused(plan: Plan, tmp_path: Path, edit: Callable[[str], str], said: str) -> None:
    path = tmp_path / "plan.json"
    plan.write(path)
    path.write_text(edit(path.read_text()))
    with pytest.raises(PlanError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: {said}")
    assert "\n" not in str(caught.value)


def test_a_plan_that_is_not_utf8_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(b"\xff\xfe")
    with pytest.raises(PlanError, match="this is not a plan"):
        read(tmp_path / "plan.json")
    with pytest.raises(PlanError, match=r"gone\.json: No such file or directory"):
        read(tmp_path / "gone.json")


def test_the_checksum_is_of_all_that_the_plan_says(plan: Plan) -> None:
    assert plan.checksum == replace(plan).checksum
    others = [
        replace(plan, environment="production"),
        replace(plan, deploys=("mail",)),
        replace(plan, hosts=("dc1",)),
        replace(plan, limit=("dc1",)),
        replace(plan, changes=CHANGES[1:]),
        replace(plan, changes=(replace(CHANGES[0], risk="lockout"), *CHANGES[1:])),
        replace(plan, secrets={}),
        replace(plan, not_planned={}),
    ]
    assert len({plan.checksum, *(each.checksum for each in others)}) == len(others) + 1


def test_plans_differ_in_what_they_do_and_not_in_when_they_were_made(plan: Plan) -> None:
    assert differences(plan, replace(plan, commit="def", made_at="later", hosts=("more",))) == []
    other = Change("dc1", "dc: users", (Line("account awa: create", "sante"),))
    assert differences(plan, replace(plan, changes=(other, *CHANGES[1:]))) == [
        "-dc1: dc: users: account issa: remove",
    ]
    assert differences(plan, replace(plan, secrets={"mail": "4567"})) == ["-mail.age 0123", "+mail.age 4567"]
    assert differences(plan, replace(plan, not_planned={})) == ["-guest1: not planned"]
    assert differences(plan, replace(plan, environment="production", limit=("dc1",))) == [
        "-environment lab, deploys site, limit none",
        "+environment production, deploys site, limit dc1",
    ]


def removing(plan: Plan, kind: str, number: int) -> Plan:
    lines = tuple(Line(f"{kind} {n}: remove", "sante", kind) for n in range(number))  # type: ignore[arg-type]
    half = number // 2
    return replace(plan, changes=(Change("dc1", "a", lines[:half]), Change("mail1", "b", lines[half:])))


def test_one_run_removes_so_much_and_no_more(plan: Plan, administration: Administration) -> None:
    removals = administration.platform.removals
    allowed = {
        "account": removals.accounts_of(sum(1 for _ in administration.people())),
        "share": removals.shares,
        "vlan": removals.vlans,
        "record": removals.records,
    }
    for kind, limit in allowed.items():
        check_removals(removing(plan, kind, limit), administration, "")
        with pytest.raises(TooManyRemovalsError) as caught:
            check_removals(removing(plan, kind, limit + 1), administration, "")
        assert str(caught.value) == (
            f"{limit + 1} {kind}{'' if limit == 0 else 's'} would be removed, and one run may remove {limit} "
            "(removals in inventory/platform.yaml): if that is right, say why with REASON='…'"
        )
        check_removals(removing(plan, kind, limit + 1), administration, "said why")


def test_a_list_of_mail_loses_so_much_and_no_more(plan: Plan, administration: Administration) -> None:
    removals = administration.platform.removals
    wanted = config_of(administration, administration.running("mail")[0])
    kept = {"mailbox": len(wanted.mailboxes) + len(wanted.shared), "alias": len(wanted.aliases)}
    for kind, many in (("mailbox", "mailboxes"), ("alias", "aliases")):
        head = Line("/etc/list: changed")
        for number in (removals.addresses, removals.addresses + 1):
            gone = tuple(Line(f"{kind} {n}@x: remove", "sante", kind) for n in range(number))  # type: ignore[arg-type]
            losing = replace(plan, changes=(Change("mail1", "a", (head, *gone)),))
            if number == removals.addresses:
                check_removals(losing, administration, "")
        with pytest.raises(TooManyRemovalsError) as caught:
            check_removals(losing, administration, "")
        assert str(caught.value) == (
            f"/etc/list of mail1 would lose {number} of its {kept[kind] + number} {many}, and one run may remove "
            f"{removals.addresses} (removals in inventory/platform.yaml): if that is right, say why with REASON='…'"
        )
        check_removals(losing, administration, "said why")
    assert removals.addresses_of(1000) == 1000 * removals.addresses_percent // 100


def test_a_line_is_of_the_institution_that_it_names(administration: Administration) -> None:
    of = institution_of(administration)
    one = next(iter(administration.institutions.values()))
    name = one.institution
    assert of(f"+awa@{one.mail_domain} awa") == name
    assert of(f"/srv/shares/{name}/x") == name
    assert of(f"[{next(iter(one.shares))}]") == name
    assert of("nameserver 192.0.2.53") == ""
    assert of(f"{name}2") == ""
    assert of(f"x{name}") == ""
    assert of(f"un-{name}") == ""


def test_the_longest_name_wins(administration: Administration) -> None:
    one = next(iter(administration.institutions.values()))
    longer = one.model_copy(update={"institution": f"{one.institution}-rh", "mail_domain": "rh.example", "shares": {}})
    both = replace(administration, institutions={one.institution: one, longer.institution: longer})
    of = institution_of(both)
    assert of(f"group {one.institution}-rh: create") == longer.institution
    assert of(f"group {one.institution}: create") == one.institution
