"""Whether a host still does its work, asked in its own shell: the ports are real, systemd is played."""

import socket
import time
from pathlib import Path

import pytest

from roles.common.health import Health, Sick, sign_of, trouble
from tests.unit.common.conftest import Here


@pytest.fixture
def host(here: Here) -> Here:
    here.program("systemctl", f'test "$1" = is-active && test ! -e "{here.programs}/$3.dead"')
    return here


def test_signs_are_units_and_ports() -> None:
    found = Health(("postfix", "a@b.service"), (25,), ("check-mail",)).signs()
    assert found == ["postfix", "a@b.service", "port 25", "check check-mail"]
    assert [trouble(sign) for sign in found[1:]] == [
        "a@b.service does not run",
        "nobody listens on port 25",
        "check-mail fails",
    ]
    said = "check check-mail: the queue: 40 % is stuck"
    assert (sign_of(said), trouble(said)) == ("check check-mail", "check-mail: the queue: 40 % is stuck")


def test_what_lives_is_not_named(host: Here) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = f"port {server.getsockname()[1]}"
        assert host.get_fact(Sick, signs=["postfix", port], patience=0) == []
    assert host.get_fact(Sick, signs=["postfix", port], patience=0) == [port]


def test_what_does_not_live_is_named(host: Here) -> None:
    for unit in ("postfix", "dovecot"):
        host.program(f"{unit}.dead", "")
    signs = ["dovecot", "nginx", "port 1", "postfix"]
    assert host.get_fact(Sick, signs=signs, patience=0) == ["dovecot", "postfix", "port 1"]


def test_a_host_has_some_seconds_until_all_are_there(host: Here) -> None:
    host.program("postfix.dead", "")
    host.program("sleep", f'rm -f "{host.programs}/postfix.dead"')  # comes back while it is waited for
    assert host.get_fact(Sick, signs=["postfix"], patience=20) == []


def test_and_no_more_than_these(host: Here) -> None:
    host.program("postfix.dead", "")
    began = time.monotonic()
    assert host.get_fact(Sick, signs=["postfix"], patience=1) == ["postfix"]
    assert 0.5 < time.monotonic() - began < 15


def test_a_check_that_fails_is_named_once_all_else_lives(host: Here, tmp_path: Path) -> None:
    check = tmp_path / "check-mail"
    check.write_text(f'#!/bin/sh\ntouch "{tmp_path}/asked"\nexit 1\n')
    check.chmod(0o755)
    sign = f"check ../../..{check}"  # below /usr/local/sbin, as the shell sees it
    assert host.get_fact(Sick, signs=[sign], patience=0) == [sign]
    check.write_text(check.read_text().replace("exit", "echo first; echo '40 % is stuck'; exit"))
    assert host.get_fact(Sick, signs=[sign], patience=0) == [f"{sign}: 40 % is stuck"]
    (tmp_path / "asked").unlink()
    host.program("postfix.dead", "")
    assert host.get_fact(Sick, signs=[sign, "postfix"], patience=0) == ["postfix", sign]
    assert not (tmp_path / "asked").exists()
    check.write_text("#!/bin/sh\n")
    assert host.get_fact(Sick, signs=[sign], patience=0) == []
