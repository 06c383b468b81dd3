"""What devices ran, kept without its secrets: in the repository of a real run, and line by line."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploys.history import told
from inventory.secrets import Secret, Secrets, create_identity, masked, password
from roles.network.change import Target
from roles.network.connection import Device
from roles.network.history import History, HistoryError, Why
from roles.network.platforms import PLATFORMS
from roles.network.run import CHANGES, ERROR, OK, results, run
from roles.network.scrub import scrubbed
from tests.played import PlayedSwitch

WHO = "awa@bastion"
PLANTED = {name: f"Zq8{password(12)}" for name in ("enable", "community", "user", "line", "bgp", "said")}
ON_THE_SWITCH = [
    f"enable secret 9 $9${PLANTED['enable']}",
    f"username awa privilege 15 secret 5 {PLANTED['user']}",
    f"snmp-server community {PLANTED['community']} RO 10",
    f"banner motd ^C call and say {PLANTED['said']} ^C",  # a secret of ours, where no rule looks for one
]


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "state" / "configurations", Why(WHO), Secret(PLANTED["said"]).reveal)


@pytest.fixture
def played(tmp_path: Path) -> Iterator[PlayedSwitch]:
    with PlayedSwitch(tmp_path) as running:
        for line in ON_THE_SWITCH:
            running.switch.config.sections[""][line] = line
        running.switch.config.section("line vty 0 4")["password"] = f"password 7 {PLANTED['line']}"
        yield running


@pytest.fixture
def reach(played: PlayedSwitch) -> dict[str, Device]:
    ssh = (played.ssh_config, played.known_hosts, played.identity)
    return {"sw1": Device("sw1", PLATFORMS["cisco_ios"], *ssh, Secret(PlayedSwitch.PASSWORD))}


@pytest.fixture
def targets() -> dict[str, Target]:
    return {
        "sw1": Target(
            PLATFORMS["cisco_ios"],
            "archive\n path flash:x\nhostname sw1\nvlan 10\n name users\n",
            lambda _show: [],
            0.0,
        )
    }


def subjects(history: History) -> list[str]:
    return history.git("log", "--format=%s", "main").decode().splitlines()


def everything(folder: Path) -> bytes:
    """Every object of a repository, and every file beside them."""
    objects = subprocess.run(
        ["git", "--git-dir", folder, "cat-file", "--batch-all-objects", "--batch"], capture_output=True, check=True
    ).stdout
    return objects + b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_was_found_then_what_we_made_then_what_hands_did(
    played: PlayedSwitch, reach: dict[str, Device], targets: dict[str, Target], history: History
) -> None:
    assert run(targets, reach, only_plan=True, history=history) == CHANGES
    ours = replace(history, why=Why(WHO, "a VLAN for the new\noffice", "sha256:abc"))
    assert run(targets, reach, history=ours) == OK
    assert run(targets, reach, history=history, expect_no_changes=True) == OK
    played.switch.config.section("interface GigabitEthernet1/0/7")["description"] = "description ici"
    assert run(targets, reach, only_plan=True, history=history) == OK
    assert subjects(history) == ["drift: sw1", "a VLAN for the new office: sw1", "first seen: sw1"]
    history.found({"edge1": f"router bgp 65101\n neighbor 10.255.1.1 password {PLANTED['bgp']}\n"})
    kept = everything(history.folder)
    assert b"by: awa@bastion\nplan: sha256:abc\n" in kept
    assert b"snmp-server community *** RO 10" in kept
    assert [name for name, value in PLANTED.items() if value.encode() in kept] == []

    lines = list(told(history, "sw1"))
    assert lines[0].endswith(" UTC  awa@bastion  drift: sw1")
    assert lines[1:3] == ["    interface GigabitEthernet1/0/7", "    +  description ici"]
    assert lines[3].endswith("awa@bastion  a VLAN for the new office: sw1  (plan: sha256:abc)")
    assert "    - hostname Switch" in lines
    assert [line for line in told(history) if line.startswith(" ")][:2] == ["    edge1: +2 -0", "    sw1: +1 -0"]


def test_what_a_planned_change_left_is_kept_with_the_hash_of_its_plan(
    reach: dict[str, Device], targets: dict[str, Target], history: History
) -> None:
    planned = {"sw1": results(targets, reach, True)["sw1"][0].result.lines}
    agreed = replace(history, why=Why(WHO, "", "sha256:abc"))
    assert not results(targets, reach, False, planned, history=agreed)["sw1"].failed
    assert subjects(history) == ["as the inventory says: sw1"]
    assert b"\n name users\n" in everything(history.folder)


def test_a_change_that_cannot_be_noted_is_made_all_the_same(
    reach: dict[str, Device], targets: dict[str, Target], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "full").write_text("not a folder")
    broken = History(tmp_path / "full" / "configurations", Why(WHO))
    assert run(targets, reach, history=broken) == OK
    said = capsys.readouterr()
    assert said.out.startswith("sw1: 8 lines sent, verified, saved\n")
    assert said.err.count("not kept: ") == 2
    assert said.err.startswith(f"history: {broken.folder}: not kept: ")


def test_nothing_is_kept_where_the_secrets_are_not_known(
    reach: dict[str, Device], targets: dict[str, Target], history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise ValueError("no age key")

    assert run(targets, reach, only_plan=True, history=replace(history, prepare=fails)) == CHANGES
    assert capsys.readouterr().err == f"history: {history.folder}: not kept: no age key\n"
    assert not history.folder.exists()


def test_a_device_that_fails_keeps_what_it_said(
    reach: dict[str, Device], targets: dict[str, Target], history: History
) -> None:
    targets["sw1"] = replace(targets["sw1"], problems=lambda _show: ["VLAN 10 users is absent"])
    assert run(targets, reach, history=history) == ERROR
    assert b"\n name users\n" in everything(history.folder)


def test_runs_side_by_side_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from roles.network.history import History, Why\n"
        "history = History(Path(sys.argv[1]), Why('awa@bastion'))\n"
        "for n in range(5): history.store({sys.argv[2]: f'round {n}\\n', 'all': f'{sys.argv[2]} {n}\\n'}, 'drift')"
    )
    folder = tmp_path / "configurations"
    runs = [subprocess.Popen([sys.executable, "-c", program, str(folder), f"sw{n}"]) for n in range(4)]
    assert [process.wait() for process in runs] == [0] * 4
    history = History(folder, Why(""))
    assert len(subjects(history)) == 20
    assert history.content(history.head(), [f"sw{n}" for n in range(4)]) == dict.fromkeys(
        [f"sw{n}" for n in range(4)], b"round 4\n"
    )
    subprocess.run(["git", "--git-dir", folder, "fsck", "--strict"], check=True, capture_output=True)


def test_nobodys_settings_or_hooks_have_a_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = tmp_path / "template" / "hooks"
    template.mkdir(parents=True)
    hook = template / "reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    hook.chmod(0o755)
    (tmp_path / "gitconfig").write_text(f"[init]\ntemplateDir = {template.parent}\n[core]\nhooksPath = {template}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))  # as in a hook of another repository
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    history = History(tmp_path / "configurations", Why(WHO))
    history.store({"sw1": "hostname sw1\n"}, "drift")
    assert subjects(history) == ["first seen: sw1"]
    assert not (tmp_path / "ran").exists()
    assert not (history.folder / "hooks").exists()
    assert history.folder.stat().st_mode & 0o777 == 0o700


def test_what_was_never_kept_is_said_in_a_line(history: History) -> None:
    with pytest.raises(HistoryError, match="nothing is kept yet"):
        list(told(history))
    history.store({"sw1": "hostname sw1\n"}, "drift")
    with pytest.raises(HistoryError, match=r"no configuration of sw9 is kept \(there are: sw1\)"):
        list(told(history, "sw9"))
    environment = {**os.environ, "LC_ALL": "C"}
    ran = subprocess.run(
        [sys.executable, "-m", "deploys.history", "--limit", "../x"], capture_output=True, text=True, env=environment
    )
    assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)


def test_every_secret_that_our_key_opens_is_hidden(tmp_path: Path) -> None:
    values = [password(), password()]
    create_identity(tmp_path / "age.txt", tmp_path / "secrets")
    for number, value in enumerate(values):
        Secrets(tmp_path / "secrets", tmp_path / "age.txt").put(f"device-sw{number}", "password", value)
    (tmp_path / "secrets" / "others.age").write_text("not for us")
    assert values[0] in masked(f"banner {values[0]}")
    Secrets(tmp_path / "secrets", tmp_path / "age.txt").hide()
    assert scrubbed(f"banner {values[0]} and {values[1]}") == "banner *** and ***\n"


CASES = sorted((Path(__file__).parent / "secrets").glob("*.txt"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_place_of_a_secret(path: Path) -> None:
    """A file of lines: before -> after, or a line alone that stays. SECRET is what must go."""
    for line in path.read_text().splitlines():
        before, _, after = line.partition(" -> ")
        indent = " " * (len(before) - len(before.lstrip()))
        # What is in a section is printed with a space before it.
        assert scrubbed(before) == f"{indent + after if after else before}\n"
        assert "SECRET" not in after


def test_a_private_key_and_what_changes_by_itself_are_left_out() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEdata\nmore\n-----END RSA PRIVATE KEY-----\n"
    text = "Building configuration...\n\nCurrent configuration : 3181 bytes\n! NVRAM config last updated at 10:00\n"
    assert scrubbed(f"{text}{key}end") == "a private key: ***\nend\n"
    assert scrubbed("hostname sw1  \r\n!\r\nend\r\n") == "hostname sw1\n!\nend\n"
