"""Deploys that end anywhere are completed by the next: KILLS=50 SEED=… (both printed)."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom

import pytest

from deploys.capabilities import health_of
from inventory.model import Administration
from tests.endurance import changes, lab
from tests.endurance.kills import WAYS, Deploy, terminate
from tests.endurance.scan import Difference, differences, scan
from tests.endurance.wounds import WOUNDS

KILLS = int(os.environ.get("KILLS", "50"))
SEED = int(os.environ.get("SEED", SystemRandom().randrange(10**6)))
WHOLE = 6  # one kill in so many is of a deploy of everything
RECORD = "/var/lib/administration/deployed-"


@dataclass(frozen=True)
class Scope:
    """Which repository deploys what to where."""

    place: Path
    options: tuple[str, ...]
    hosts: list[str]


@pytest.fixture
def places(tmp_path: Path) -> Iterator[list[Path]]:
    """The repository, and a copy of it that has more; afterwards the lab is what the repository says."""
    changes.purge()
    secrets = changes.secret_files()
    copy = lab.copy(tmp_path / "repository")
    changes.gain(copy, changes.Newcomers())
    lab.well(lab.run(copy, "deploys.secrets"))
    yield [lab.ROOT, copy]
    ended = lab.engine(lab.ROOT, "deploy", "--yes", "--reason", "endurance: the lab as it was")
    changes.purge()
    changes.restore(secrets)
    lab.well(ended)


def test_deploys_that_die_anywhere_are_completed_by_the_next(
    places: list[Path], administration: Administration, capsys: pytest.CaptureFixture[str]
) -> None:
    random = Random(SEED)
    lab.well(lab.engine(lab.ROOT, "deploy", "--yes"))
    before = scan(administration)
    where: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    now = lab.ROOT  # the repository that the lab is as
    for number in range(KILLS):
        whole = number % WHOLE == WHOLE - 1
        if whole:
            now = places[1] if now == lab.ROOT else lab.ROOT
        scope = _scope(random, now, whole=whole)
        died, way = _die(random, scope)
        where[died] += 1
        ways[way] += 1
        with capsys.disabled():
            print(
                f"{number + 1}/{KILLS} seed {SEED}: {way} {' '.join(scope.options) or 'everything'}: {died}", flush=True
            )
        lab.well(_deploy(scope))
        lab.well(_deploy(scope, "--expect-no-changes"))
        _alive(administration, scope.hosts)
    if now != lab.ROOT:
        lab.well(_deploy(Scope(lab.ROOT, (), [])))
    changes.purge()
    lab.well(lab.engine(lab.ROOT, "deploy", "--yes"))  # a folder that was purged is newer than its service
    lab.well(lab.engine(lab.ROOT, "deploy", "--yes", "--expect-no-changes"))

    left = [str(each) for each in differences(before, scan(administration, before)) if not _expected(each)]
    with capsys.disabled():
        print(f"{KILLS} kills, seed {SEED}: {dict(ways)}; in {len(where)} places")
    assert not left, "\n".join(left)
    if KILLS >= 50:
        assert {"connects and plans"} < where.keys()
        assert len(where) > KILLS // 3, f"not spread enough: {dict(where)}"


def _scope(random: Random, place: Path, *, whole: bool) -> Scope:
    """Damage one machine, or several, and say what a deploy must then mend."""
    if whole:
        wounded = random.sample(sorted(WOUNDS), 3)
        hosts, options = list(WOUNDS), ()
    else:
        wounded = random.sample(sorted(WOUNDS), random.choice((1, 1, 2)))
        hosts, options = wounded, ("--limit", ",".join(wounded))
    for host in wounded:
        lab.ssh(host, random.choice(WOUNDS[host]))
    return Scope(place, tuple(options), hosts)


def _die(random: Random, scope: Scope) -> tuple[str, str]:
    """Begin a deploy and end it in the middle; where it was, and how it ended."""
    deploy = Deploy.start(scope.place, *scope.options)
    if random.random() < 0.12:
        deploy.wait_for(lambda _: False, random.uniform(0.3, 1.5))
    else:
        deploy.wait_for(lambda events: any(each["event"] == "planned" for each in events), 60)
        planned = next((each["changes"] for each in deploy.events if each["event"] == "planned"), 1)
        step = random.randint(0, max(planned - 1, 0))
        began = random.choice(("begins", "begins", "done"))
        deploy.wait_for(lambda events: sum(each["event"] == began for each in events) > step, 60)
        deploy.wait_for(lambda _: False, random.uniform(0, 0.15))
    where = deploy.where()
    (way,) = random.choices([way for _, way in WAYS], [weight for weight, _ in WAYS])
    way(deploy, random, scope.hosts)
    status = deploy.process.wait(timeout=200)
    assert "Traceback" not in deploy.errors, deploy.errors
    if way is terminate and where != "ended":
        # 143: it said where it stopped; 0, or ended by the signal itself: it had just finished.
        assert status in (143, 0, -15), f"exit status {status}\n{deploy.errors}"
    return where, way.__name__


def _deploy(scope: Scope, *options: str) -> lab.Ran:
    return lab.engine(scope.place, "deploy", "--yes", "--reason", "endurance: kills", *scope.options, *options)


def _alive(administration: Administration, hosts: list[str]) -> None:
    """What a role keeps alive on these machines lives."""
    for host in hosts:
        machine = administration.machines.get(host)
        if machine is None:
            continue
        units = " ".join(unit for health in health_of(machine).values() for unit in health.units)
        ports = [port for health in health_of(machine).values() for port in health.ports]
        check = "; ".join(
            [f"systemctl is-active {units} >/dev/null", *(f"ss -Hltn 'sport = :{p}' | grep -q ." for p in ports)]
        )
        lab.ssh(host, f"set -e; {check}")


def _expected(difference: Difference) -> bool:
    """What need not be as it was: services that were started anew, and what is new each time that it is made."""
    match difference.kind:
        case "unit":
            return not re.search("stopped|disabled|gone", difference.what)
        case "role":  # a verifier has a salt
            return difference.name in ("cim", "e-cm") and difference.what == "changed"
        case "file":
            return bool(
                difference.name.startswith(RECORD)
                or re.fullmatch(r"/etc/frr/frr\.conf\.sav|/srv/apps/.*/venv(/.*)?|/etc/rc\d\.d/.*", difference.name)
            )
    return False
