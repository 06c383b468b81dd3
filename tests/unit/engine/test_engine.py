"""The engine over pyinfra's real objects: this machine as one host, pyinfra's @fake connector as another.

Each run is a process of its own, as in use: the engine patches the standard library for gevent.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploys.engine.lock import exclusive

ROOT = Path(__file__).resolve().parents[3]

DEPLOY = """
from pathlib import Path
from pyinfra import host
from inventory.secrets import Secret
from roles.common import config_file, secret_file

if host.name == "@local":
    config_file(
        name="test: resolver", template="base/resolv.conf.j2", path="{folder}/resolv.conf",
        cfg={{"domain": "example.org", "resolvers": ["192.0.2.53"]}},
    )
    secret_file(name="test: key", content=Secret("hunter2"), path="{folder}/key")
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "deploys").mkdir()
    (tmp_path / "hosts.py").write_text("machines = ['@local', '@fake/other']\n")
    (tmp_path / "deploys/sample.py").write_text(DEPLOY.format(folder=tmp_path))
    return tmp_path


def engine(place: Path, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploys.engine", verb, "sample", "--inventory", "hosts.py", *options],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_plan_shows_the_diff_hides_the_secret_and_changes_nothing(place: Path) -> None:
    planned = engine(place, "plan")
    assert planned.returncode == 2, planned.stderr
    assert f"{place}/resolv.conf: new file" in planned.stdout
    assert "+nameserver 192.0.2.53" in planned.stdout
    assert f"{place}/key: secret content differs" in planned.stdout
    assert "hunter2" not in planned.stdout + planned.stderr
    assert not (place / "resolv.conf").exists()


def test_deploy_does_what_was_planned_and_nothing_the_second_time(place: Path) -> None:
    first = engine(place, "deploy")
    assert first.returncode == 0, first.stderr
    assert "2 changed, 0 failed" in first.stdout
    assert (place / "key").read_text() == "hunter2\n"
    assert (place / "key").stat().st_mode & 0o777 == 0o600
    assert "hunter2" not in first.stdout + "".join(log.read_text() for log in place.rglob("*.log"))
    assert engine(place, "plan").returncode == 0
    assert engine(place, "deploy", "--expect-no-changes").returncode == 0


def test_expecting_no_changes_fails_when_there_is_one(place: Path) -> None:
    refused = engine(place, "deploy", "--expect-no-changes")
    assert refused.returncode == 1
    assert "not idempotent" in refused.stderr


def test_a_host_that_raises_fails_alone(place: Path) -> None:
    with (place / "deploys/sample.py").open("a") as file:
        file.write("if host.name == '@fake/other':\n    raise ValueError('no such thing')\n")
    ended = engine(place, "deploy")
    assert ended.returncode == 1
    assert "FAILED: no such thing" in ended.stdout
    assert "2 changed, 1 failed" in ended.stdout
    assert (place / "key").exists()
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_step_that_fails_stops_its_host_and_is_named(place: Path) -> None:
    (place / "deploys/sample.py").write_text(
        "from pyinfra import host\nfrom pyinfra.operations import server\n"
        "server.shell(name='test: breaks', commands=['echo said why >&2; exit 3'])\n"
        f"server.shell(name='test: after', commands=['touch {place}/after'])\n"
    )
    ended = engine(place, "deploy", "--limit", "@local")
    assert ended.returncode == 1
    assert "FAILED: test: breaks" in ended.stdout
    assert "said why" in ended.stderr
    assert not (place / "after").exists()


def test_an_unreachable_host_is_named_and_stops_nobody(place: Path) -> None:
    (place / "hosts.py").write_text("machines = ['@local', ('gone', {'ssh_hostname': '127.0.0.1', 'ssh_port': 1})]\n")
    ended = engine(place, "deploy")
    assert ended.returncode == 1
    assert "UNREACHABLE: " in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "2 changed, 1 failed" in ended.stdout


def test_a_limit_that_names_nothing_is_one_line(place: Path) -> None:
    refused = engine(place, "plan", "--limit", "mial1")
    assert refused.returncode == 1
    assert refused.stderr.startswith("LIMIT=mial1: no such host or group; there are")


def test_a_deploy_that_does_not_exist_is_one_line(place: Path) -> None:
    (place / "deploys/sample.py").unlink()
    refused = engine(place, "deploy")
    assert refused.returncode == 1
    assert refused.stderr.startswith("DEPLOY=sample: no such deploy; there are ")


def test_ctrl_c_says_what_to_do_and_fails(place: Path) -> None:
    (place / "deploys/sample.py").write_text(
        "from pyinfra.operations import server\nserver.shell(name='test: long', commands=['sleep 20'])\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-m", "deploys.engine", "deploy", "sample", "--inventory", "hosts.py", "--limit", "@local"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=15)
    assert running.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said


def test_one_deploy_at_a_time(place: Path) -> None:
    with exclusive(place / ".cache/lab"):
        refused = engine(place, "deploy")
    assert refused.returncode == 1
    assert refused.stderr == f"another deploy runs in .cache/lab (process {os.getpid()}): wait for it\n"
    assert engine(place, "deploy").returncode == 0


def test_deploys_with_the_same_line_numbers_stay_apart(place: Path) -> None:
    for name in ("first", "second"):
        (place / f"deploys/{name}.py").write_text(
            "from pyinfra import host\nfrom pyinfra.operations import server\n"
            f"if host.name == '@{'local' if name == 'first' else 'fake/other'}':\n"
            f"    server.shell(name='{name}', commands=['true {name}'])\n"
        )
    (place / "both.py").write_text(
        "from gevent import monkey; monkey.patch_all()\n"
        "import pyinfra; pyinfra.is_cli = True\n"
        "from deploys.engine.plan import plan\nfrom deploys.engine.session import session\n"
        "with session('hosts.py', []) as found:\n"
        "    for change in plan(found, ['deploys/first.py', 'deploys/second.py']): print(change.host, change.name)\n"
    )
    ran = subprocess.run(
        [sys.executable, "both.py"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.splitlines() == ["@fake/other second", "@local first"]


def test_a_service_says_that_it_would_restart_when_its_file_is_planned(place: Path) -> None:
    (place / "unit.conf").write_text("old\n")
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
    assert "run: true restart" in engine(place, "plan", "--limit", "@local").stdout
