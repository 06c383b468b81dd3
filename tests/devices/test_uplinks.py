"""The edge router of the lab: its session with RESINA, what crosses it, and what does not."""

import json
import subprocess
import sys

import pytest

from inventory.model import Administration


def ssh(administration: Administration, machine: str, command: str) -> subprocess.CompletedProcess[str]:
    line = ["ssh", "-F", str(administration.environment.ssh_config), machine, command]
    return subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)


def test_there_is_nothing_left_to_change(administration: Administration) -> None:
    plan = [sys.executable, "-m", "deploys.uplinks", "--plan", "--environment", administration.environment.environment]
    done = subprocess.run(plan, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "edge1: 0 changed" in done.stdout


def test_the_core_knows_what_reaches_resina_and_nothing_else_of_ours(administration: Administration) -> None:
    site = administration.routers["edge1"].site
    expected = {str(network.prefix) for network in site.networks.values() if "resina" in network.reaches}
    known = json.loads(ssh(administration, "resina1", "vtysh -c 'show bgp ipv4 unicast json'").stdout)["routes"]
    ours = {prefix for prefix, paths in known.items() for path in paths if path["path"] == "65101"}
    assert ours == expected


@pytest.mark.parametrize(
    ("machine", "target", "answers"),
    [
        pytest.param("ws1", "10.10.10.11", True, id="users reach the data centre"),
        pytest.param("guest1", "10.20.30.1", True, id="guests reach their gateway"),
        pytest.param("guest1", "10.10.10.11", False, id="guests do not reach the data centre"),
        pytest.param("guest1", "10.20.10.21", False, id="guests do not reach users"),
        pytest.param("ws1", "10.20.30.21", False, id="users do not reach guests"),
        pytest.param("ws1", "10.20.99.11", False, id="users do not reach the switches"),
    ],
)
def test_who_reaches_whom(administration: Administration, machine: str, target: str, answers: bool) -> None:
    ping = ssh(administration, machine, f"ping -c 2 -W 1 {target}")
    assert ("bytes from" in ping.stdout) is answers


def test_the_saved_configuration_is_the_running_one(administration: Administration) -> None:
    # vtysh cannot show what it saved: the file is read on the machine.
    running = ssh(administration, "edge1", "vtysh -c 'show running-config'").stdout.splitlines()
    saved = ssh(administration, "edge1", "cat /etc/frr/frr.conf").stdout.splitlines()
    start = "ip prefix-list RESINA-IN seq 5 deny 10.20.10.0/24 le 32"
    assert saved[saved.index(start) :] == [line for line in running[running.index(start) :] if line != "end"]
