"""The Catalyst of the lab: its command line, what it saved, who reaches it. What it carries: test_buildings.py."""

import subprocess
from functools import partial

import pytest

from inventory.model import Administration
from inventory.targets import targets
from roles.lab.image import base_image
from tests.waiting import CHANGEOVER, within


def ssh(administration: Administration, command: str) -> subprocess.CompletedProcess[str]:
    line = ["ssh", "-F", str(administration.environment.ssh_config), "sw1", command]
    return subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)


def test_the_switch_answers_a_single_command(administration: Administration) -> None:
    assert within(CHANGEOVER, lambda: "users" in ssh(administration, "show vlan brief").stdout)
    assert ssh(administration, "show nothing").returncode == 1


def test_the_saved_configuration_is_the_running_one(administration: Administration) -> None:
    def lines(command: str) -> list[str]:
        output = ssh(administration, command).stdout.splitlines()
        return output[output.index("hostname sw1") :]

    assert lines("show startup-config") == lines("show running-config")


def test_the_switch_has_its_management_address(administration: Administration) -> None:
    address = str(administration.switches["sw1"].entry.address)
    ping = ["ssh", "-F", str(administration.environment.ssh_config), "edge1", f"ping -c 1 -W 2 {address}"]
    assert subprocess.run(ping, capture_output=True, timeout=30, check=False).returncode == 0


@pytest.mark.parametrize("machine", ["dc1", "ws1"])
def test_only_a_bastion_reaches_its_command_line(administration: Administration, machine: str) -> None:
    address = str(administration.switches["sw1"].entry.address)
    knock = f"timeout 3 bash -c '</dev/tcp/{address}/22' 2>/dev/null && echo open || echo closed"
    line = ["ssh", "-F", str(administration.environment.ssh_config), machine, knock]
    asked = subprocess.run(line, capture_output=True, text=True, timeout=30, check=True)
    assert asked.stdout.strip() == "closed"
    assert "Cisco" in ssh(administration, "show version").stdout  # through the bastion


def test_what_is_watched_from_a_bastion_answers_it(administration: Administration) -> None:
    if administration.environment.environment != "lab":
        pytest.skip("only the lab's bastion is on this machine")
    jobs = targets(administration)
    addresses = [target for job in ("icmp", "uplinks") for group in jobs[job] for target in group["targets"]]
    # A bastion has no files of its own: the ping is that of the machines.
    ping = f"ip netns exec lab-bastion1 chroot {base_image()} ping -n -c 2 -W 2"

    def answers(address: str) -> bool:
        return subprocess.run([*ping.split(), address], capture_output=True).returncode == 0

    assert [each for each in addresses if not within(CHANGEOVER, partial(answers, each))] == []
