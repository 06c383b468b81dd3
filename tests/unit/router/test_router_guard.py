"""The guard of a router: what it compares, what it takes for a command, and how the product speaks to it.

What it does to FRR is tried in the lab: tests/disturbances/test_uplinks.py.
"""

import importlib.machinery
import importlib.util
import io
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from roles.network.guard import GuardError, RouterGuard
from roles.router import FILES

BEFORE = """\
frr version 10.3
!
interface wan0
 description resina1
exit
!
interface wan1
 description resina2
exit
!
router bgp 65101
 neighbor 10.255.1.1 remote-as 65000
 !
 address-family ipv4 unicast
  network 10.20.10.0/24
 exit-address-family
exit
!
"""


@pytest.fixture
def program(tmp_path: Path) -> Any:
    """The program as a module, with a folder of its own."""
    loader = importlib.machinery.SourceFileLoader("router_guard", str(FILES / "router-guard"))
    spec = importlib.util.spec_from_loader("router_guard", loader)
    assert spec is not None
    module: Any = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    module.FOLDER = tmp_path / "guard"
    for name in ("RUNNING", "SAVED", "LOCK"):
        setattr(module, name, module.FOLDER / getattr(module, name).name)
    return module


def test_sections_that_come_in_another_order_mean_the_same(program: Any) -> None:
    first, wan0, wan1, *rest = BEFORE.split("!\n")
    assert program.meant("!\n".join([first, wan1, wan0, *rest])) == program.meant(BEFORE)


def test_a_line_in_another_section_means_something_else(program: Any) -> None:
    swapped = (
        BEFORE.replace("resina1", "x").replace("resina2", "resina1").replace("description x", "description resina2")
    )
    assert sorted(swapped.split("\n")) == sorted(BEFORE.split("\n"))
    assert program.meant(swapped) != program.meant(BEFORE)
    assert program.meant(BEFORE.replace("  network", " network")) != program.meant(BEFORE)


@pytest.mark.parametrize(
    "words", [[], ["arm"], ["arm", "5", "6"], ["disarm"], ["confirm", "now"], ["--help"], ["status;id"]]
)
def test_what_is_no_command_touches_nothing(program: Any, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(words) == 2
    assert not program.FOLDER.exists()
    assert capsys.readouterr().out == "router-guard arm MINUTES | confirm | revert | status\n"


@pytest.mark.parametrize("minutes", ["0", "100", "5;id", "-1", "5m", "", "٥"])
def test_minutes_are_a_small_number(program: Any, minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["arm", minutes]) == 1
    assert capsys.readouterr().out == "failed: from 1 to 99 minutes\n"


def test_what_a_command_printed_is_not_told(program: Any) -> None:
    with pytest.raises(program.Failed) as failed:
        program.run("sh", "-c", "echo password hidden; exit 3")
    assert str(failed.value) == "sh ended with status 3"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("ActiveState=inactive\nNextElapseUSecMonotonic=\n", 0.0),
        ("ActiveState=active\nNextElapseUSecMonotonic=1h 2min 3.5s\n", 3723.5),
        ("ActiveState=active\nNextElapseUSecMonotonic=2min 500ms\n", 120.5),
    ],
)
def test_the_timer_is_read(program: Any, monkeypatch: pytest.MonkeyPatch, said: str, state: float) -> None:
    program.FOLDER.mkdir()
    program.RUNNING.write_text(BEFORE)
    monkeypatch.setattr(program, "run", lambda *_command: said)
    monkeypatch.setattr(program.time, "clock_gettime", lambda _clock: 0.0)
    assert program.armed() == state


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("", "vtysh"),
        ("-c 'show version'", "vtysh -c show version"),
        ("-c 'guard arm 5'", "sudo -n /usr/local/sbin/router-guard arm 5"),
        ("-c 'guard arm $(id) *'", "sudo -n /usr/local/sbin/router-guard arm $(id) *"),
        ("-c guard", "vtysh -c guard"),
        ("-c 'guardian x'", "vtysh -c guardian x"),
        ("-c 'show run | guard status'", "vtysh -c show run | guard status"),
    ],
)
def test_the_login_shell_starts_one_of_two_programs(tmp_path: Path, line: str, starts: str) -> None:
    for name in ("sudo", "vtysh"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
        (tmp_path / name).chmod(0o755)
    shell = (FILES / "router-cli").read_text().replace("/usr/bin/vtysh", f"{tmp_path}/vtysh")
    (tmp_path / "router-cli").write_text(shell)
    done = subprocess.run(
        ["sh", "-c", f"exec sh {tmp_path}/router-cli {line}"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == starts


def session(status: int, said: str) -> tuple[Any, list[str]]:
    """A netmiko session whose host answers a command so, and the commands that it was sent."""
    asked: list[str] = []

    def exec_command(command: str, timeout: float) -> tuple[None, Any, io.BytesIO]:
        assert timeout > 0  # nobody waits for ever
        asked.append(command)
        output: Any = io.BytesIO(said.encode())
        return None, _Output(output, status), io.BytesIO()

    return SimpleNamespace(remote_conn_pre=SimpleNamespace(exec_command=exec_command)), asked


class _Output:
    def __init__(self, text: io.BytesIO, status: int) -> None:
        self.read = text.read
        self.channel = SimpleNamespace(recv_exit_status=lambda: status)


def test_the_product_speaks_to_it_beside_the_command_line() -> None:
    connection, asked = session(0, "armed: 300 s left\n")
    guard = RouterGuard()
    assert guard.waiting(connection, str)
    guard.arm(connection)
    guard.confirm(connection, str)
    assert guard.revert(connection, str)
    assert asked == ["guard status", "guard arm 5", "guard confirm", "guard revert"]


def test_a_guard_that_does_not_do_it_says_why() -> None:
    connection, _ = session(1, "failed: a change waits for its confirmation: 12 s are left\n")
    with pytest.raises(GuardError, match=r"`guard arm 5` answered: failed: a change waits .*: 12 s are left"):
        RouterGuard().arm(connection)


def test_sessions_are_told_their_profile_again(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, ...]] = []
    monkeypatch.setattr(program, "run", lambda *command: said.append(command))
    program.profiles_again(program.meant("router bgp 65101\n neighbor 10.255.1.5 bfd profile RESINA\n"))
    assert [command[2::2] for command in said] == [
        (
            "configure terminal",
            "router bgp 65101",
            "no neighbor 10.255.1.5 bfd profile RESINA",
            "neighbor 10.255.1.5 bfd profile RESINA",
        )
    ]
