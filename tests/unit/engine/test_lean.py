"""Our patches of pyinfra and paramiko do what the originals do."""

import subprocess
import sys
from pathlib import Path

import paramiko.file
import pytest
from paramiko.proxy import ProxyCommand
from pyinfra.connectors import ssh_util, util

from deploys.engine import lean
from deploys.engine.observed import HostError
from tests.unit.engine.conftest import ROOT


def test_orders_and_arguments_of_every_deploy_are_the_originals(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.unit.engine.compared", str(tmp_path / "catalogue.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    _, different, orders, arguments = map(int, run.stdout.split())  # artefacts that nobody built stop a role, not this
    assert different == 0, run.stderr
    assert orders > 100
    assert arguments > orders


def test_what_is_patched_is_there_to_patch() -> None:
    """A name that a library no longer uses would make its patch a silent nothing."""
    assert callable(util.read_buffer)
    assert callable(util.getpass)
    assert callable(ssh_util.getpass)
    assert callable(paramiko.file.u)  # type: ignore[attr-defined]
    assert callable(ProxyCommand.send)
    assert callable(ProxyCommand.recv)
    assert callable(ProxyCommand.close)


def test_a_proxy_command_that_ends_is_an_end_and_not_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProxyCommand, "recv", lean._receive)
    monkeypatch.setattr(ProxyCommand, "close", lean._close)
    command = ProxyCommand("echo hello")
    command.settimeout(5)
    assert command.recv(100) == b"hello\n"
    assert command.recv(100) == b""
    command.process.wait()
    command.close()
    silent = ProxyCommand("sleep 5")
    silent.settimeout(0.05)
    with pytest.raises(TimeoutError):
        silent.recv(100)
    silent.close()
    assert silent.process.wait(5) == -15


SLOW = """
from gevent import monkey
monkey.patch_all()
from paramiko.proxy import ProxyCommand
from deploys.engine import lean
ProxyCommand.send = lean._send
command, sizes = ProxyCommand("sh -c 'sleep 0.5; wc -c'"), [60000, 30000]  # a pipe holds 65536
for size in sizes:
    while size:
        size -= command.send(bytes(size))
command.process.stdin.close()
print(command.process.stdout.read().decode())
"""


def test_a_proxy_command_that_is_slow_gets_all_of_it() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SLOW], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout.split() == ["90000"], ran.stderr


def test_nobody_is_asked() -> None:
    with pytest.raises(HostError, match="NOPASSWD"):
        lean._refuse_to_ask("[dc1] sudo password: ")
    with pytest.raises(HostError, match=r"^/root/\.ssh/id_ed25519: this ssh key has a passphrase"):
        lean._refuse_a_passphrase("Enter password for private key: /root/.ssh/id_ed25519: ")


@pytest.mark.parametrize(
    ("said", "read"),
    [(b"caf\xe9\n", "caf\ufffd\n"), ("café\n".encode(), "café\n"), ("café\n", "café\n"), (b"\xff", "\ufffd")],
)
def test_what_hosts_say_is_read_whatever_its_encoding(said: bytes | str, read: str) -> None:
    assert lean._decoded(said) == read
