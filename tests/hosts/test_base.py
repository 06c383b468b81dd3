"""What every machine must be, whatever it runs."""

import subprocess
import time
from functools import partial

import pytest
from testinfra.host import Host

from inventory.model import Administration, Machine
from tests.waiting import CHANGEOVER, within

LISTEN = """
import socket
server = socket.create_server(("0.0.0.0", 4999))
server.settimeout(8)
try:
    while True:
        server.accept()[0].close()
except TimeoutError:
    pass
"""
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], 4999), timeout=2)"


def ssh(administration: Administration, name: str, *options: str) -> subprocess.CompletedProcess[str]:
    """A new connection, past the one that is kept open."""
    config = str(administration.environment.ssh_config)
    command = ["ssh", "-F", config, "-o", "ControlPath=none", *options, name, "true"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.machines("all")
def test_every_unit_works(host: Host) -> None:
    assert host.check_output("systemctl list-units --failed --plain --no-legend") == ""
    assert host.check_output("systemctl is-system-running") == "running"


@pytest.mark.machines("all")
def test_certificate_is_of_this_machine_and_trusted(host: Host, machine: Machine) -> None:
    """The system's own trust store accepts it, for the machine's name."""
    checked = host.run(f"openssl verify -verify_hostname {machine.fqdn} /etc/ssl/administration/host.crt")
    assert checked.rc == 0, checked.stderr
    other = host.run("openssl verify -verify_hostname other.example.org /etc/ssl/administration/host.crt")
    assert other.rc != 0


@pytest.mark.machines("all")
def test_key_is_for_services_only(host: Host) -> None:
    assert host.check_output("stat -c '%U:%G %a' /etc/ssl/administration/host.key") == "root:ssl-cert 640"
    assert host.run("setpriv --reuid=nobody --clear-groups cat /etc/ssl/administration/host.key").rc != 0


@pytest.mark.machines("connected")
def test_time_comes_from_the_administration(host: Host, machine: Machine, administration: Administration) -> None:
    """The controllers agree on one of them, which keeps its own time; everybody else follows one of them."""
    controllers = {str(c.address) for c in administration.running("directory")}
    if "directory" in machine.runs:
        controllers |= {"", "127.127.1.1"}
    deadline = time.monotonic() + 100  # four polls, where the network came up after the machine
    while time.monotonic() < deadline:
        fields = host.check_output("chronyc -c -n tracking").split(",")
        if fields[1] in controllers and fields[13] == "Normal":
            return
        time.sleep(1)
    raise AssertionError(fields)


@pytest.mark.machines("connected")
def test_names_resolve(host: Host, administration: Administration) -> None:
    def resolves(asked: Machine) -> bool:
        return host.run(f"getent ahostsv4 {asked.fqdn}").stdout.startswith(f"{asked.address} ")

    assert [m.name for m in administration.machines.values() if not within(CHANGEOVER, partial(resolves, m))] == []


@pytest.mark.machines("all")
def test_passwords_are_refused_by_ssh(administration: Administration, machine: Machine) -> None:
    options = ("-o", "PubkeyAuthentication=no", "-o", "BatchMode=yes")
    refused = ssh(administration, machine.name, *options)
    assert refused.returncode == 255
    assert "Permission denied (publickey)" in refused.stderr


@pytest.mark.machines("all")
def test_an_unknown_host_key_is_refused(administration: Administration, machine: Machine) -> None:
    refused = ssh(administration, machine.name, "-o", "UserKnownHostsFile=/dev/null")
    assert refused.returncode == 255
    assert "Host key verification failed" in refused.stderr


@pytest.mark.machines("files")
def test_firewall_closes_what_no_role_opens(host: Host, machine: Machine, administration: Administration) -> None:
    """A listener on an undeclared port is reached from the machine itself, and from nowhere else."""
    config = str(administration.environment.ssh_config)
    listener = subprocess.Popen(["ssh", "-F", config, machine.name, "python3", "-"], stdin=subprocess.PIPE, text=True)
    assert listener.stdin is not None
    listener.stdin.write(LISTEN)
    listener.stdin.close()
    deadline = time.monotonic() + 5
    while host.run(f"python3 -c '{CONNECT}' 127.0.0.1").rc != 0:
        assert time.monotonic() < deadline, "the listener does not start"
    other = next(m for m in administration.machines.values() if m.network == machine.network and m.name != machine.name)
    tried = subprocess.run(
        ["ssh", "-F", config, other.name, f"python3 -c '{CONNECT}' {machine.address}"],
        capture_output=True,
        text=True,
        check=False,
    )
    listener.wait(timeout=15)
    assert "TimeoutError" in tried.stderr
