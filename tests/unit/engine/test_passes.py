"""What a run asks and does, in which order and how often: counted and timed by the machines themselves."""

import json

from tests.unit.engine.conftest import NAMES, Place
from tests.unit.engine.machine import Machines, PlayedMachine, Ran

FILES = """
for number in (1, 2, 3, 4):
    config_file(
        name=f"test: file {number}", template="base/resolv.conf.j2", path=f"/srv/file{number}",
        cfg={"domain": "example.org", "resolvers": ["192.0.2.53"]},
    )
"""

TOUCH = "server.shell(name='test: touch', commands=['touch /srv/touched; sleep 0.3'])\n"


def kind(ran: Ran) -> str:
    if ran.script:
        return f"{ran.questions} questions at once"
    found = {"mktemp": "write", "is-active": "health", "stat -c": "state", "deployed-sample": "record"}
    return next((name for word, name in found.items() if word in ran.text), ran.text)


def touched(machine: PlayedMachine) -> Ran:
    (ran,) = (ran for ran in machine.ran if "touch /srv/touched" in ran.text)
    assert ran.ended
    return ran


def test_a_pass_with_nothing_to_do_is_one_exec_a_host(checkout: Place, machines: Machines) -> None:
    checkout.deploy(FILES)
    assert checkout.run("deploy").returncode == 0
    for machine in machines:
        machine.ran.clear()
    again = checkout.run("deploy", "--expect-no-changes")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("nothing to change (5 machines), ")
    # Four files and the record.
    assert {machine.name: [kind(ran) for ran in machine.ran] for machine in machines} == {
        name: ["5 questions at once"] for name in NAMES
    }
    assert all(machine.calls == 2 for machine in machines)


def test_after_a_change_only_what_comes_until_the_next_is_asked_again_at_once(
    checkout: Place, machines: Machines
) -> None:
    checkout.deploy(FILES)
    assert checkout.run("deploy", "--limit", "dc1").returncode == 0
    for name in ("file1", "file3"):
        (machines["dc1"].srv / name).write_text("by hand\n")
    machines["dc1"].ran.clear()
    run = checkout.run("deploy", "--limit", "dc1", "--json")
    assert [kind(ran) for ran in machines["dc1"].ran] == [
        "5 questions at once",
        "2 questions at once",  # the text of what would change
        "health",
        "write",  # file 1
        "2 questions at once",  # files 2 and 3
        "write",  # file 3
        "state",  # file 4
        "record",
    ]
    (counted,) = (event for event in map(json.loads, run.stdout.splitlines()) if event["event"] == "commands")
    assert counted["commands"] == {"dc1": len(machines["dc1"].ran)}


def test_the_canary_goes_first_and_never_two_that_stand_in_for_each_other(checkout: Place, machines: Machines) -> None:
    checkout.deploy(TOUCH)
    assert checkout.run("deploy").returncode == 0
    ran = {machine.name: touched(machine) for machine in machines}
    assert ran["guest1"].ended < min(ran[name].began for name in NAMES if name != "guest1")
    one, other = sorted((ran["dc1"], ran["dc2"]), key=lambda each: each.began)
    assert one.ended < other.began
    # What stands alone goes side by side.
    assert ran["mail1"].began < one.ended
    assert one.began < ran["mail1"].ended


def test_a_canary_that_fails_stops_the_rest(checkout: Place, machines: Machines) -> None:
    checkout.deploy("server.shell(name='test: breaks', commands=['touch /srv/touched; test $(id -u) = x'])\n")
    run = checkout.run("deploy")
    assert run.returncode == 1
    assert [machine.name for machine in machines if (machine.srv / "touched").exists()] == ["guest1"]
    assert run.stdout.count("NOT DONE: guest1, the canary, failed") == 4
    assert "0 changed, 1 failed, 4 not done, " in run.stdout
    assert not any(machine.recorded.exists() for machine in machines)


def test_a_host_that_fails_leaves_its_peer_as_it_is(checkout: Place, machines: Machines) -> None:
    machines["dc1"].program("touch", "echo 'touch: out of order' >&2; exit 1")
    checkout.deploy("server.shell(name='test: breaks', commands=['touch /srv/touched'])\n")
    run = checkout.run("deploy")
    assert run.returncode == 1
    assert "FAILED: test: breaks: touch: out of order" in run.stdout
    assert "NOT DONE: dc1 does the same work and failed" in run.stdout
    assert run.stdout.splitlines()[-1].endswith("s: dc1, dc2")
    done = [machine.name for machine in machines if (machine.srv / "touched").exists()]
    assert done == ["guest1", "mail1", "files1"]
    # Said once: what the host said is in the table, and all of it in the log.
    assert len(run.stderr.splitlines()) == 1
    assert "touch: out of order" in checkout.log


def test_a_host_that_is_not_well_after_its_change_stops_what_follows(hurried: Place, machines: Machines) -> None:
    for name in ("dc1", "dc2"):
        machines[name].program("systemctl", "test ! -e /srv/dead || test $3 = chrony")
        machines[name].program("ss", "echo LISTEN")
    hurried.deploy("server.shell(name='test: kills', commands=['touch /srv/dead'])\n", "directory")
    run = hurried.run("deploy", "--limit", "dc1,dc2", deploy="directory")
    assert run.returncode == 1
    assert "FAILED: not well after its change: samba-ad-dc does not run, check-replication fails" in run.stdout
    assert "NOT DONE: dc1 is not well after its change" in run.stdout
    assert not (machines["dc2"].srv / "dead").exists()
    assert not machines["dc1"].recorded.exists()


def test_what_was_not_well_before_its_change_is_no_reason_to_stop(checkout: Place, machines: Machines) -> None:
    machines["dc1"].program("systemctl", "exit 3")
    checkout.deploy(TOUCH)
    assert checkout.run("deploy", "--limit", "dc1").returncode == 0


def test_a_command_that_was_not_planned_is_refused_before_it_is_sent(checkout: Place, machines: Machines) -> None:
    checkout.deploy(
        "from roles.common.files import FileState\n"
        "@operation()\n"
        "def unforeseen():\n"
        "    seen = host.get_fact(FileState, path='/srv/seen')\n"
        "    yield StringCommand('touch /srv/removed' if seen else 'touch /srv/kept')\n"
        "server.shell(name='test: first', commands=['touch /srv/seen'])\n"
        "unforeseen(name='test: unforeseen')\n"
    )
    run = checkout.run("deploy", "--limit", "dc1")
    assert run.returncode == 1
    assert "FAILED: test: unforeseen: not in the plan, so not done: touch /srv/removed" in run.stdout
    assert (machines["dc1"].srv / "seen").exists()
    assert not any("touch /srv/removed" in ran.text for ran in machines["dc1"].ran)


REMOVAL = """
from roles.common.commands import Explained, Says
@operation()
def remove():
    yield Explained("touch /srv/removed", changes=[Says(f"account {n}: remove", "sante", "account") for n in range(90)])
remove(name="test: accounts")
"""


def test_removals_beyond_the_limit_need_a_reason_that_is_recorded(checkout: Place, machines: Machines) -> None:
    checkout.deploy(REMOVAL)
    refused = checkout.run("deploy", "--limit", "dc1")
    assert refused.returncode == 1
    assert refused.stderr.startswith("90 accounts would be removed, and one run may remove ")
    assert not (machines["dc1"].srv / "removed").exists()
    assert checkout.run("deploy", "--limit", "dc1", "--reason", "fusion des ministères").returncode == 0
    (recorded,) = machines["dc1"].recorded.iterdir()
    assert recorded.name == "deployed-sample.json"
    assert json.loads(recorded.read_text())["reason"] == "fusion des ministères"
    assert recorded.stat().st_mode & 0o777 == 0o644


def test_what_follows_packages_is_conditional_and_what_fails_is_known_only_then(checkout: Place) -> None:
    checkout.deploy(
        "from roles.common.commands import Explained\n"
        "@operation()\n"
        "def install():\n"
        "    yield Explained('true', changes=['install it'], opens=True)\n"
        "@operation()\n"
        "def needs_it():\n"
        "    raise ValueError('it is not there yet')\n"
        "    yield\n"
        + TOUCH.replace("test: touch", "test: before")
        + "install(name='test: install')\n"
        + TOUCH.replace("test: touch", "test: after")
        + "needs_it(name='test: needs it')\n"
    )
    run = checkout.run("plan", "--limit", "dc1", "--json")
    assert run.returncode == 2
    found = {each["step"]: each["certainty"] for each in json.loads(run.stdout)["changes"]}
    assert found == {
        "test: before": "certain",
        "test: install": "certain",
        "test: after": "conditional",
        "test: needs it": "unknown",
    }
    assert "it is not there yet" in run.stdout


def test_a_record_that_is_half_written_is_written_anew(checkout: Place, machines: Machines) -> None:
    checkout.deploy(FILES)
    machines["dc1"].recorded.mkdir()
    record = machines["dc1"].recorded / "deployed-sample.json"
    record.write_text('{"commit": ')
    assert checkout.run("deploy", "--limit", "dc1").returncode == 0
    assert json.loads(record.read_text())["deploys"] == "sample"


def test_machines_get_every_event_and_people_none_of_it(checkout: Place) -> None:
    checkout.deploy(TOUCH)
    run = checkout.run("deploy", "--limit", "dc1,mail1", "--json")
    events = [json.loads(line) for line in run.stdout.splitlines()]
    told = [(event["event"], event.get("host")) for event in events]
    assert told[0] == ("planned", None)
    assert sorted(told[1:5], key=str) == [("begins", "dc1"), ("begins", "mail1"), ("done", "dc1"), ("done", "mail1")]
    assert told[5:] == [("commands", None), ("host", "dc1"), ("host", "mail1"), ("end", None)]
    assert events[0]["changes"] == 2
    assert events[0]["checksum"].startswith("sha256:")
    assert events[-1]["changed"] == 2
    assert events[-1]["failed"] == []


def test_machines_hear_of_a_failure_when_it_happens(checkout: Place) -> None:
    checkout.deploy("server.shell(name='test: breaks', commands=['echo why >&2; exit 3'])\n")
    run = checkout.run("deploy", "--limit", "dc1", "--json")
    assert run.returncode == 1
    events = [json.loads(line) for line in run.stdout.splitlines()]
    assert [event["event"] for event in events] == ["planned", "begins", "failed", "commands", "host", "end"]
    assert events[2]["why"] == "test: breaks: why"
    assert events[-2]["note"] == "FAILED: test: breaks: why"
    assert events[-1]["failed"] == ["dc1"]


def test_a_secret_that_a_host_repeats_is_masked_on_the_screen_in_the_log_and_in_plans(checkout: Place) -> None:
    checkout.deploy(
        "from inventory.secrets import Secret\n"
        "secret = Secret('hunter2-hunter2')\n"
        "secret_file(name='test: key', content=secret, path='/srv/key')\n"
        "server.shell(name='test: careless', commands=[f'true {secret.reveal()}'])\n"
        "server.shell(name='test: says it', commands=['cat /srv/key >&2; cat /srv/key; exit 3'])\n"
    )
    planned = checkout.run("plan", "--limit", "dc1", "--out", "plan.json")
    assert "run: true ***" in planned.stdout
    run = checkout.run("deploy", "--limit", "dc1", "--verbose", "--plan", "plan.json")
    assert run.returncode == 1
    written = [path.read_text() for path in checkout.folder.rglob("*.json")]
    assert len(written) > 1
    assert "hunter2" not in "".join([planned.stdout, run.stdout, run.stderr, checkout.log, *written])
    assert "FAILED: test: says it: ***" in run.stdout


def test_drift_is_nothing_something_or_not_known(checkout: Place, machines: Machines) -> None:
    checkout.deploy(FILES)
    assert checkout.run("deploy", "--limit", "dc1").returncode == 0
    synced = checkout.run("drift", "--limit", "dc1")
    assert (synced.returncode, synced.stdout, synced.stderr) == (0, "in sync (1 machine or device)\n", "")
    (machines["dc1"].srv / "file2").write_text("by hand\n")
    drifted = checkout.run("drift", "--limit", "dc1")
    assert drifted.returncode == 2
    assert "-by hand" in drifted.stdout
    assert drifted.stdout.splitlines()[-1] == "drift: 1 change on 1 machine"
    machines["dc1"].fault.refuses = True
    unknown = checkout.run("drift", "--limit", "dc1")
    assert unknown.returncode == 1
    assert unknown.stderr.startswith("dc1: unreachable: it refuses our ssh key")


def test_a_catalogue_needs_no_host_and_no_secret(checkout: Place, machines: Machines) -> None:
    checkout.deploy(
        FILES
        + "from inventory.model import load\nfrom inventory.secrets import secrets_of\n"
        + "secret = secrets_of(load('lab').environment).get('mail', 'service_account')\n"
        + "secret_file(name='test: key', content=secret, path='/srv/key')\n"
    )
    run = checkout.run("catalogue", "--out", "catalogue.json")
    assert (run.returncode, run.stderr) == (0, "")
    found = json.loads((checkout.folder / "catalogue.json").read_text())["hosts"]
    assert sorted(found) == sorted(NAMES)
    assert [each["step"] for each in found["dc1"]] == [*(f"test: file {n}" for n in (1, 2, 3, 4)), "test: key"]
    assert {"text": "+nameserver 192.0.2.53", "institution": ""} in found["dc1"][0]["lines"]
    assert not any(machine.calls for machine in machines)
