"""The engine over pyinfra's real objects: what is planned, done, refused, and said."""

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

from deploys.engine.lock import exclusive
from tests.unit.engine.conftest import DEPLOY, ROOT, Engine, command


def test_plan_shows_the_diff_hides_the_secret_and_changes_nothing(place: Path, engine: Engine) -> None:
    planned = engine("plan")
    assert planned.returncode == 2, planned.stderr
    assert f"{place}/resolv.conf: new file" in planned.stdout
    assert "+nameserver 192.0.2.53" in planned.stdout
    assert f"{place}/key: new file (secret)" in planned.stdout
    assert "2 changes on 1 machine" in planned.stdout
    assert "hunter2" not in planned.stdout + planned.stderr
    assert not (place / "resolv.conf").exists()


def test_deploy_does_what_was_planned_and_nothing_the_second_time(place: Path, engine: Engine) -> None:
    first = engine("deploy")
    assert first.returncode == 0, first.stderr
    assert "2 changed, 0 failed" in first.stdout
    assert (place / "key").read_text() == "hunter2\n"
    assert (place / "key").stat().st_mode & 0o777 == 0o600
    assert "hunter2" not in first.stdout + "".join(log.read_text() for log in place.rglob("*.log"))
    again = engine("plan")
    assert (again.returncode, again.stdout) == (0, "nothing to change (2 machines)\n")
    assert engine("deploy", "--expect-no-changes").returncode == 0


def test_expecting_no_changes_fails_when_there_is_one(engine: Engine) -> None:
    refused = engine("deploy", "--expect-no-changes")
    assert refused.returncode == 1
    assert "not idempotent" in refused.stderr


def test_a_plan_that_was_written_is_done_exactly(engine: Engine) -> None:
    assert engine("plan", "--out", "plan.json").returncode == 2
    done = engine("deploy", "--plan", "plan.json")
    assert done.returncode == 0, done.stderr
    assert "2 changed, 0 failed" in done.stdout
    # What was planned is done already: that is another plan.
    refused = engine("deploy", "--plan", "plan.json")
    assert refused.returncode == 1
    assert "has changed since the plan was made" in refused.stderr
    assert "test: resolver" in refused.stderr


def test_what_has_changed_since_the_plan_is_shown_and_nothing_is_done(place: Path, engine: Engine) -> None:
    engine("plan", "--out", "plan.json")
    (place / "resolv.conf").write_text("by hand\n")
    refused = engine("deploy", "--plan", "plan.json")
    assert refused.returncode == 1
    assert "+@local: test: resolver: -by hand" in refused.stderr
    assert (place / "resolv.conf").read_text() == "by hand\n"
    assert not (place / "key").exists()


def test_a_plan_that_was_edited_is_refused(place: Path, engine: Engine) -> None:
    engine("plan", "--out", "plan.json")
    text = (place / "plan.json").read_text()
    (place / "plan.json").write_text(text.replace("192.0.2.53", "192.0.2.54"))
    refused = engine("deploy", "--plan", "plan.json")
    assert refused.returncode == 1
    assert refused.stderr.startswith("plan.json: was edited since it was made (its checksum differs)")
    assert "hunter2" not in text


def test_no_plan_no_yes_and_nobody_to_ask_changes_nothing(place: Path) -> None:
    asked = [word for word in command("deploy") if word != "--yes"]
    ended = subprocess.run(
        asked,
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "nobody is here to say yes" in ended.stderr
    assert not (place / "key").exists()


def test_a_person_says_yes(place: Path) -> None:
    ours, theirs = pty.openpty()
    asked = [word for word in command("deploy") if word != "--yes"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(asked, cwd=place, env=environment, stdin=theirs, stdout=subprocess.PIPE, text=True) as run:
        os.write(ours, b"y\n")
        said, _ = run.communicate(timeout=60)
    assert "Do it? [y/N]" in said
    assert (place / "key").exists()


def test_machines_get_a_line_of_json_for_each_event(engine: Engine) -> None:
    events = [json.loads(line) for line in engine("deploy", "--json").stdout.splitlines()]
    assert events[0]["event"] == "planned"
    assert [event["step"] for event in events if event["event"] == "done"] == ["test: resolver", "test: key"]
    assert events[-1]["event"] == "end"
    assert events[-1]["changed"] == 2


def test_a_host_that_raises_fails_alone(place: Path, engine: Engine) -> None:
    with (place / "deploys/sample.py").open("a") as file:
        file.write("if host.name == '@fake/other':\n    raise ValueError('no such thing')\n")
    ended = engine("deploy")
    assert ended.returncode == 1
    assert "FAILED: deploys/sample.py:14: no such thing" in ended.stdout
    assert "2 changed, 1 failed" in ended.stdout
    assert (place / "key").exists()
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_step_that_fails_stops_its_host_and_says_what_the_host_said(place: Path, engine: Engine) -> None:
    (place / "deploys/sample.py").write_text(
        "from pyinfra import host\nfrom pyinfra.operations import server\n"
        "server.shell(name='test: breaks', commands=['echo said why >&2; exit 3'])\n"
        f"server.shell(name='test: after', commands=['touch {place}/after'])\n"
    )
    ended = engine("deploy", "--limit", "@local")
    assert ended.returncode == 1
    assert "FAILED: test: breaks: said why" in ended.stdout
    assert not (place / "after").exists()


def test_an_unreachable_host_is_named_and_stops_nobody(place: Path, engine: Engine) -> None:
    (place / "hosts.py").write_text("machines = ['@local', ('gone', {'ssh_hostname': '127.0.0.1', 'ssh_port': 1})]\n")
    ended = engine("deploy")
    assert ended.returncode == 1
    assert "UNREACHABLE: connection refused: is sshd running?" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "2 changed, 0 failed, 1 unreachable" in ended.stdout


def test_a_limit_that_names_nothing_is_one_line(engine: Engine) -> None:
    refused = engine("plan", "--limit", "mial1")
    assert refused.returncode == 1
    assert refused.stderr.startswith("LIMIT=mial1: no such host or group; there are")
    assert engine("plan", "--limit", ",").stderr == "LIMIT=,: names no host, group or device\n"
    assert engine("catalogue").stderr == "catalogue: say with --out where it is written\n"


def test_a_deploy_that_does_not_exist_is_one_line(place: Path, engine: Engine) -> None:
    (place / "deploys/sample.py").unlink()
    refused = engine("deploy")
    assert refused.returncode == 1
    assert refused.stderr.startswith("DEPLOY=sample: no such deploy; there are ")


def test_ctrl_c_says_what_was_not_done_and_fails(place: Path) -> None:
    (place / "deploys/sample.py").write_text(
        "from pyinfra.operations import server\n"
        f"server.shell(name='test: first', commands=['touch {place}/first'])\n"
        "server.shell(name='test: long', commands=['sleep 20'])\n"
        "server.shell(name='test: last', commands=['true'])\n"
    )
    running = subprocess.Popen(
        command("deploy", "--limit", "@local"),
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while not (place / "first").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=15)
    assert running.returncode == 130
    assert "stopped by SIGINT: 1 of 3 changes were done" in said
    assert "@local: in the middle of: test: long" in said
    assert "@local: not done: test: last" in said
    assert "Traceback" not in said


def test_one_deploy_at_a_time(place: Path, engine: Engine) -> None:
    with exclusive(place / ".cache/lab"):
        refused = engine("deploy")
    assert refused.returncode == 1
    assert refused.stderr == f"another deploy runs in .cache/lab (process {os.getpid()}): wait for it\n"
    assert engine("deploy").returncode == 0


def test_deploys_with_the_same_line_numbers_stay_apart(place: Path, engine: Engine) -> None:
    for name in ("first", "second"):
        (place / f"{name}.py").write_text(
            "from pyinfra import host\nfrom pyinfra.operations import server\n"
            f"if host.name == '@{'local' if name == 'first' else 'fake/other'}':\n"
            f"    server.shell(name='{name}', commands=['true {name}'])\n"
        )
    (place / "deploys/sample.py").write_text(
        "from pyinfra import local\nlocal.include('first.py')\nlocal.include('second.py')\n"
    )
    planned = [line for line in engine("plan").stdout.splitlines() if line.startswith("  @")]
    assert planned == ["  @fake/other: second", "  @local: first"]


def test_a_service_says_that_it_would_restart_when_its_file_is_planned(place: Path, engine: Engine) -> None:
    (place / "deploys/sample.py").write_text(
        DEPLOY.format(folder=place)
        + "from roles.common.planned import would_change\n"
        + "from pyinfra.api import operation, StringCommand\n"
        + "@operation()\n"
        + "def restart():\n"
        + f"    if would_change(host, ['{place}/resolv.conf']):\n"
        + "        yield StringCommand('true restart')\n"
        + "restart(name='test: restart')\n"
    )
    assert "run: true restart" in engine("plan", "--limit", "@local").stdout
