"""What goes wrong between us and the machines: one clear line each, and the others go on."""

import json
import shutil
import time
from pathlib import Path

import asyncssh
import pytest
from pyinfra.connectors.util import make_unix_command

from deploys.engine.explain import FileText
from tests.unit.engine.conftest import Place
from tests.unit.engine.machine import Machines

WRITE = """
config_file(
    name="test: resolver", template="base/resolv.conf.j2", path="/srv/resolv.conf",
    cfg={"domain": "example.org", "resolvers": ["192.0.2.53"]},
)
"""

# What is planned before a fault is no reason to take the fault for a state that this step will mend.
FIRST = "server.shell(name='test: first', commands=['true'])\n"


def ended(said: str, name: str) -> str:
    """How the table says that a host ended."""
    (line,) = (line for line in said.splitlines() if line.startswith(f"  {name} ") and line.split()[1].isdigit())
    return line.split(maxsplit=4)[4] if len(line.split()) > 4 else ""


def test_hosts_that_cannot_be_reached_are_named_with_what_to_do_and_the_others_go_on(
    hurried: Place, machines: Machines
) -> None:
    hurried.deploy(WRITE)
    known = hurried.folder / "known_hosts"
    lines = known.read_text().splitlines()
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    lines[0] = f"{lines[0].split()[0]} {other}"  # guest1: another key
    del lines[1]  # dc1: none
    known.write_text("\n".join(lines) + "\n")
    machines["dc2"].fault.refuses = True
    machines["mail1"].fault.silent = True
    run = hurried.run("deploy")
    assert run.returncode == 1
    assert ended(run.stdout, "guest1").startswith(f"UNREACHABLE: its host key is not the one in {known}: find out why")
    assert ended(run.stdout, "dc1").startswith(
        f"UNREACHABLE: its host key is not in {known}: read it on the machine's console and add it there"
    )
    assert ended(run.stdout, "dc2").startswith("UNREACHABLE: it refuses our ssh key: is the key of")
    assert ended(run.stdout, "mail1").startswith("UNREACHABLE: no answer: is it on, and is the way to it open?")
    assert ended(run.stdout, "files1") == ""
    assert (machines["files1"].srv / "resolv.conf").exists()
    assert run.stdout.splitlines()[-1].startswith("  1 changed, 0 failed, 4 unreachable, ")
    assert run.stderr.splitlines()[-1].startswith("the whole log: .cache/lab/log/deploy-")
    assert len(run.stderr.splitlines()) == 1, run.stderr


def test_a_host_that_hangs_is_given_up_and_the_others_go_on(hurried: Place, machines: Machines) -> None:
    hurried.deploy(WRITE)
    machines["dc1"].fault.hangs_on = "stat -c"  # a question
    machines["mail1"].fault.hangs_on = "mktemp"  # a change
    began = time.monotonic()
    run = hurried.run("deploy", "--limit", "dc1,mail1,files1")
    assert run.returncode == 1
    assert ended(run.stdout, "dc1").startswith("FAILED: no answer within 10 s: ! test -f /srv/resolv.conf || ")
    assert ended(run.stdout, "mail1").startswith("FAILED: test: resolver: no answer within 8 s: it may still run")
    assert (machines["files1"].srv / "resolv.conf").exists()
    assert not (machines["mail1"].srv / "resolv.conf").exists()
    assert time.monotonic() - began < 60


def test_a_connection_that_is_lost_in_the_middle_is_said_and_nothing_is_half_written(
    checkout: Place, machines: Machines
) -> None:
    checkout.deploy(FIRST + WRITE)
    (machines["dc1"].srv / "resolv.conf").write_text("old\n")
    machines["dc1"].fault.drops_on = "mktemp"
    machines["dc2"].fault.drops_on = "^sh -s|stat -c"
    run = checkout.run("deploy", "--limit", "dc1,dc2,files1")
    assert run.returncode == 1
    assert ended(run.stdout, "dc1").startswith("FAILED: test: resolver: the connection was lost")
    assert ended(run.stdout, "dc2").startswith("FAILED: the connection was lost")
    assert (machines["files1"].srv / "resolv.conf").exists()
    assert (machines["dc1"].srv / "resolv.conf").read_text() in ("old\n", "search example.org\nnameserver 192.0.2.53\n")


def test_sudo_that_asks_is_said_and_nobody_is_asked(checkout: Place, machines: Machines) -> None:
    machines["dc1"].program("sudo", "echo 'sudo: a password is required' >&2; exit 1")
    checkout.hosts("dc1", _sudo=True)
    checkout.deploy(WRITE)
    run = checkout.run("deploy")
    assert run.returncode == 1
    assert ended(run.stdout, "dc1").startswith(
        "FAILED: sudo asks for a password: let this account use sudo without one (NOPASSWD), or connect as root"
    )


def test_a_full_disk_leaves_the_old_file_and_says_so(checkout: Place, machines: Machines) -> None:
    (checkout.folder / "large").write_text("0123456789abcde\n" * (1 << 12))
    machines["dc1"].sh("echo old > /srv/full/large")
    checkout.deploy("copied_file(name='test: large', source=Path('large'), path='/srv/full/large')\n")
    run = checkout.run("deploy", "--limit", "dc1")
    assert run.returncode == 1
    assert ended(run.stdout, "dc1").startswith("FAILED: test: large: ")
    assert "No space left on device" in ended(run.stdout, "dc1")
    assert machines["dc1"].sh("ls -A /srv/full; cat /srv/full/large") == "large\nold\n"


def test_what_a_command_prints_is_no_reason_to_fail(checkout: Place, machines: Machines) -> None:
    (machines["dc1"].srv / "resolv.conf").write_bytes(b"\xff\xfe not UTF-8\0\n")
    checkout.deploy(
        WRITE
        + "server.shell(name='test: latin', commands=[r\"printf 'caf\\351\\n\\000'; printf 'caf\\351\\n' >&2\"])\n"
        + "server.shell(name='test: much', commands=['head -c 1000000 /dev/zero | tr \"\\\\0\" x'])\n"
        + "server.shell(name='test: lines', commands=['seq 100000; seq 100000 >&2'])\n"
        + "server.shell(name='test: fails', commands=[r\"printf 'caf\\351\\n' >&2; echo why >&2; exit 3\"])\n"
    )
    run = checkout.run("deploy", "--limit", "dc1")
    assert ended(run.stdout, "dc1") == "FAILED: test: fails: why"
    assert "4 changed, 1 failed" in run.stdout


def test_a_template_that_names_a_missing_variable_is_named_with_its_line(checkout: Place) -> None:
    checkout.deploy(FIRST + WRITE.replace('"domain": "example.org", ', ""))
    run = checkout.run("plan", "--limit", "dc1")
    assert run.returncode == 1
    first = run.stderr.splitlines()[0]
    assert first.startswith("dc1: cannot be planned: templates/base/resolv.conf.j2:")
    assert first.partition("resolv.conf.j2:")[2].split(":")[0].isdigit()
    assert "'dict object' has no attribute 'domain'" in first


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config_fil(name='x')\n", "deploys/sample.py:6: name 'config_fil' is not defined"),
        ("def broken(:\n", "deploys/sample.py:6: invalid syntax"),
    ],
)
def test_a_mistake_in_a_deploy_file_is_named_with_its_line(checkout: Place, text: str, said: str) -> None:
    checkout.deploy(text)
    run = checkout.run("plan", "--limit", "dc1")
    assert run.returncode == 1
    first, *rest = run.stderr.splitlines()
    assert first.endswith(said)
    assert [line.split(": ")[0] for line in rest] in (["the whole log"], [])


def test_a_key_of_ours_that_cannot_be_used_is_named(checkout: Place, machines: Machines) -> None:
    checkout.deploy(WRITE)
    keys = {
        name: checkout.folder / key
        for name, key in (("guest1", "no-key"), ("dc1", "a-folder"), ("dc2", "sealed"), ("mail1", "gone"))
    }
    keys["guest1"].write_text("not a key\n")
    keys["dc1"].mkdir()
    asyncssh.read_private_key(machines.identity).write_private_key(str(keys["dc2"]), passphrase="x")
    checkout.hosts(each={name: {"ssh_key": str(key)} for name, key in keys.items()})
    run = checkout.run("plan")
    assert run.returncode == 1
    lines = dict(line.split(": unreachable: ") for line in run.stderr.splitlines()[:-1])
    assert set(lines) == {"guest1", "dc1", "dc2", "mail1"}
    assert f"{keys['guest1']}" in lines["guest1"]
    assert f"{keys['dc1']}" in lines["dc1"]
    assert f"{keys['dc2']}: this ssh key has a passphrase, and nobody is asked for it" in lines["dc2"]
    assert f"{keys['mail1']}" in lines["mail1"]
    assert "1 change on 1 machine" in run.stdout


def test_known_hosts_that_cannot_be_read_is_named(checkout: Place) -> None:
    checkout.deploy(WRITE)
    (checkout.folder / "known_hosts").unlink()
    (checkout.folder / "known_hosts").mkdir()
    run = checkout.run("plan", "--limit", "dc1")
    assert run.returncode == 1
    assert f"{checkout.folder}/known_hosts" in run.stderr.splitlines()[0]
    shutil.rmtree(checkout.folder / "known_hosts")
    missing = checkout.run("plan", "--limit", "dc1")
    assert f"its host key is not in {checkout.folder}/known_hosts" in missing.stderr.splitlines()[0]


def test_a_hosts_file_with_a_mistake_is_named_with_its_line(checkout: Place) -> None:
    checkout.deploy(WRITE)
    (checkout.folder / "hosts.py").write_text("machines = [\n\nundefined]\n")
    run = checkout.run("plan")
    assert run.returncode == 1
    assert run.stderr.splitlines()[0] == "hosts.py:3: name 'undefined' is not defined"


def test_an_empty_place_for_the_log_is_made_and_a_bad_one_is_named(checkout: Place) -> None:
    checkout.deploy(WRITE)
    (checkout.folder / ".cache").write_text("a file\n")
    run = checkout.run("plan", "--limit", "dc1")
    assert run.returncode == 1
    assert run.stderr == ".cache/lab/log: Not a directory\n"


def outside(folder: Path, before: str, after: str = "true") -> list[str]:
    """Run the engine where a folder is mounted otherwise, and look at it there afterwards."""
    script = f'cd "{folder}"; {before}; status=0; "$@" || status=$?; {after}; exit $status'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh"]


def test_our_own_disk_full_or_read_only_is_one_line_and_leaves_no_half_plan(checkout: Place) -> None:
    checkout.deploy(WRITE)
    (checkout.folder / "small").mkdir()
    full = "mount -t tmpfs -o size=4k none small; echo old > small/plan.json"
    keep = '; trap "" EXIT'
    run = checkout.run(
        "plan", "--limit", "dc1", "--out", "small/plan.json", under=outside(checkout.folder, full + keep)
    )
    assert run.returncode == 1
    assert "small/plan.json: the plan cannot be written: No space left on device" in run.stderr
    (checkout.folder / ".cache/lab").mkdir(parents=True, exist_ok=True)
    read_only = "mount -t tmpfs -o ro none .cache"
    run = checkout.run("plan", "--limit", "dc1", under=outside(checkout.folder, read_only))
    assert run.returncode == 1
    assert run.stderr == ".cache/lab: Read-only file system\n"


def test_a_log_that_cannot_be_written_any_more_says_so_once_and_stops_nothing(checkout: Place) -> None:
    checkout.deploy(
        WRITE + "if host.name == 'dc1':\n    server.shell(name='test: much', commands=['seq 9999; exit 3'])\n"
    )
    (checkout.folder / ".cache").mkdir()
    full = "mount -t tmpfs -o size=12k none .cache"
    run = checkout.run("deploy", "--limit", "dc1,mail1", under=outside(checkout.folder, full))
    assert run.returncode == 1
    assert run.stderr.count("No space left on device: the run goes on") == 1
    assert "2 changed, 1 failed" in run.stdout
    assert (checkout.machines["mail1"].srv / "resolv.conf").exists()


def test_a_question_that_fails_is_named_with_what_the_host_said(checkout: Place, machines: Machines) -> None:
    checkout.deploy(WRITE)
    (machines["dc1"].srv / "resolv.conf").touch()
    refused = "dc1: cannot be planned: cannot tell its state: ! test -f /srv/resolv.conf || "
    for asked in ("alone", "in a batch"):
        machines["dc1"].program("stat", "echo 'stat: out of order' >&2; exit 1")
        run = checkout.run("plan", "--limit", "dc1")
        assert run.returncode == 1, asked
        assert run.stderr.startswith(refused)
        assert run.stderr.splitlines()[0].endswith(": stat: out of order")
        (machines["dc1"].programs / "stat").unlink()
        # A run that was answered remembers what it asked.
        assert asked == "in a batch" or checkout.run("plan", "--limit", "dc1").returncode == 2


def test_very_many_questions_and_a_large_answer_are_one_exec(checkout: Place, machines: Machines) -> None:
    paths = [f"/srv/{number}" for number in range(2000)]
    (machines["dc1"].srv / "7").write_text("0123456789abcde\n" * (1 << 16))
    checkout.deploy(
        "from deploys.engine.explain import FileText\n"
        f"found = [host.get_fact(FileText, path=path) for path in {paths!r}]\n"
        "assert [number for number, lines in enumerate(found) if lines] == [7]\n"
        "assert len(found[7]) == 1 << 16\n"
    )
    memory = checkout.folder / ".cache/lab/asked/sample/dc1.json"
    memory.parent.mkdir(parents=True)
    memory.write_text(json.dumps([make_unix_command(FileText().command(path)).get_raw_value() for path in paths]))
    run = checkout.run("plan", "--limit", "dc1")
    assert (run.returncode, run.stderr) == (0, "")
    assert [ran.questions for ran in machines["dc1"].ran] == [2000]


def test_what_the_last_run_asked_is_asked_while_the_deploy_loads(checkout: Place, machines: Machines) -> None:
    asked = machines["dc1"].srv / "asked"
    checkout.deploy(
        "from pathlib import Path\nfrom time import monotonic, sleep\nuntil = monotonic() + 60\n"
        f"while not Path({str(asked)!r}).exists():\n    assert monotonic() < until\n    sleep(0.05)\n"
    )
    memory = checkout.folder / ".cache/lab/asked/sample/dc1.json"
    memory.parent.mkdir(parents=True)
    memory.write_text(json.dumps(["touch /srv/asked"]))
    run = checkout.run("plan", "--limit", "dc1")
    assert run.returncode == 0, run.stderr
