"""A plan says what a deploy does, no more and no less: each kind of change, planned, done, and seen by a scan.

Three rounds, each with many changes: what the inventory gains, what hands have damaged (with new templates and rules),
and the way back. Of each: the steps that were done are those of the plan; every difference between two scans is
foretold by a line of it; every line of it is seen in a difference; and a second deploy changes nothing.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inventory.model import Administration
from roles.lan import targets as switches
from roles.network.connection import connected
from roles.network.run import devices
from tests.endurance import changes, lab
from tests.endurance.effects import Seen
from tests.endurance.foretold import Foretold, foretold, same_text
from tests.endurance.scan import Difference, differences, scan

Told = dict[tuple[str, str], list[Foretold]]  # the lines of a plan, by host and step

RECORD = "/var/lib/administration/deployed-site.json"  # what the engine notes of its own run: the plan has the commit


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the repository to edit; afterwards the lab is what the repository says, and remembers nothing."""
    changes.purge()
    secrets = changes.secret_files()
    yield lab.copy(tmp_path_factory.mktemp("endurance") / "repository")
    ended = lab.engine(lab.ROOT, "deploy", "--yes", "--reason", "endurance: the lab as it was")
    changes.purge()
    changes.restore(secrets)
    lab.well(ended)


def test_what_the_inventory_gains(place: Path, administration: Administration) -> None:
    changes.gain(place, changes.Newcomers())
    lab.well(lab.run(place, "deploys.secrets"))
    compare(place, administration, kinds=("person", "group", "unit", "zone", "share", "role", "database", "vlan"))


def test_new_templates_and_what_hands_have_damaged(place: Path, administration: Administration) -> None:
    changes.new_templates(place)
    changes.damage()
    (reach,) = devices(administration, switches(administration)).values()
    with connected(reach) as session:
        session.send_config_set(["interface GigabitEthernet1/0/2", "description ici", "switchport access vlan 10"])
    compare(place, administration, kinds=("install", "start", "restart", "reload", "enable", "run:", "sub-interface"))


def test_the_way_back(place: Path, administration: Administration) -> None:  # noqa: ARG001  # after the others
    compare(lab.ROOT, administration, kinds=("account", "share", "application", "no"), reason="endurance: the way back")


def compare(place: Path, administration: Administration, kinds: tuple[str, ...], reason: str = "") -> None:
    """Plan, scan, deploy that plan, scan: the three say the same."""
    file = place / "plan.json" if place != lab.ROOT else lab.STATE / "endurance-plan.json"
    planned = lab.engine(place, "plan", "--out", str(file))
    lab.well(planned, 2)
    plan: dict[str, Any] = json.loads(file.read_text())
    assert plan["not_planned"] == {}
    words = {line["text"].split()[0] for change in plan["changes"] for line in change["lines"]}
    assert set(kinds) <= words, f"not planned at all: {set(kinds) - words}"

    before = scan(administration)
    deployed = lab.well(lab.engine(place, "deploy", "--plan", str(file), "--reason", reason, "--json"))
    after = scan(administration, before)

    found = differences(before, after)
    wanted = [(change["host"], change["step"]) for change in plan["changes"]]
    # What depends on an earlier step may turn out not to be needed; the run must say so.
    uncertain = {(change["host"], change["step"]) for change in plan["changes"] if change["certainty"] != "certain"}
    spared = [
        (event["host"], event["step"])
        for event in deployed.events
        if event["event"] == "nothing to do" and (event["host"], event["step"]) in uncertain
    ]
    told = {(change["host"], change["step"]): foretold(change) for change in plan["changes"]}
    problems = [
        *_steps([step for step in wanted if step not in spared], deployed.did()),
        *_unexplained(found, told),
        *_unseen(found, told),
        *(
            problem
            for (host, _), lines in told.items()
            for line in lines
            if (problem := same_text(line, host, before, after))
        ),
    ]
    assert not problems, "\n".join(problems)
    lab.well(lab.engine(place, "deploy", "--yes", "--expect-no-changes"))


def _steps(wanted: list[tuple[str, str]], done: list[tuple[str, str]]) -> Iterator[str]:
    """The steps that were planned and not done, and the other way; and of a host, in another order."""
    for host, step in (Counter(wanted) - Counter(done)).elements():
        yield f"planned and not done: {host}: {step}"
    for host, step in (Counter(done) - Counter(wanted)).elements():
        yield f"done and not planned: {host}: {step}"
    for host in {host for host, _ in wanted}:
        in_plan, in_run = ([step for name, step in steps if name == host] for steps in (wanted, done))
        if sorted(in_plan) == sorted(in_run) and in_plan != in_run:
            yield f"{host}: planned as {in_plan}, done as {in_run}"


def _unexplained(found: list[Difference], told: Told) -> Iterator[str]:
    """Differences that no line of the plan foretells."""
    for difference in found:
        if difference.kind == "file" and difference.name == RECORD:
            continue
        lines = [line for (host, _), all_lines in told.items() if host == difference.host for line in all_lines]
        reasons = [each for line in lines for each in (*line.must, *line.may)]
        if not any(each.of(difference) for each in [*reasons, *_follow(told, lines, difference.host)]):
            yield f"seen and not planned: {difference}"


def _unseen(found: list[Difference], told: Told) -> Iterator[str]:
    for (host, step), lines in told.items():
        for line in lines:
            for each in line.must:
                if not any(each.of(seen) for seen in found if seen.host == host):
                    yield f"planned and not seen: {host}: {step}: {line.line} ({each})"


def _follow(told: Told, lines: list[Foretold], host: str) -> Iterator[Seen]:
    """What follows from lines without being what they say."""
    devices = {name for name, step in told if step.startswith(("lan: ", "uplinks: "))}
    if host in devices:  # it saves its configuration
        yield Seen("file", r"/etc/frr/.*\.conf(\.sav)?")
    if host.removesuffix("-chassis") in devices:
        yield Seen("file", "/var/lib/switch/.*")
    for line in lines:
        if line.line.endswith("nftables.service"):  # the rules that run are those of the files
            yield Seen("rule", ".*")
        if package := re.fullmatch(r"install ([^/]\S*)", line.line):
            listed = lab.STATE / "machines" / host / "upper/var/lib/dpkg/info"
            for file in listed.glob(f"{package[1]}*.list"):
                yield Seen("file", "|".join(map(re.escape, file.read_text().split())))
