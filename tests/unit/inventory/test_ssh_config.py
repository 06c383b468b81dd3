"""The names in the generated ssh_config, and where each leads."""

from ipaddress import IPv4Address

import pytest

from inventory.hosts import ssh_config
from inventory.model import Administration, load


def moved(environment: str) -> Administration:
    """The administration, with a switch that had two other addresses before."""
    administration = load(environment)
    switches = administration.sites["mtdpce-siege"].switches
    before = [IPv4Address("10.20.98.11"), IPv4Address("10.20.97.11")]
    switches["sw1"] = switches["sw1"].model_copy(update={"formerly": before})
    return administration


def leads(text: str, name: str) -> list[str]:
    """What stands under a name."""
    _, _, after = text.partition(f"Host {name}\n")
    return [line.strip() for line in after.partition("Host ")[0].splitlines()] if after else []


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("sw1", "ip netns exec lab-bastion1 socat - TCP:10.20.99.11:22,nodelay,connect-timeout=5"),
        ("sw1-formerly-1", "ip netns exec lab-bastion1 socat - TCP:10.20.98.11:22,nodelay,connect-timeout=5"),
        ("sw1-formerly-2", "ip netns exec lab-bastion1 socat - TCP:10.20.97.11:22,nodelay,connect-timeout=5"),
        ("sw1-console", "ip netns exec lab-sw1 socat - TCP:127.0.0.2:22,nodelay"),
    ],
)
def test_in_the_lab_a_switch_is_reached_from_the_bastion(name: str, command: str) -> None:
    # One host key, whatever the way: it stands under the name of the switch.
    assert leads(ssh_config(moved("lab")), name) == ["HostName sw1", "User netadmin", f"ProxyCommand {command}"]


def test_in_production_the_same_names_lead_through_the_bastion() -> None:
    text = ssh_config(moved("production"))
    assert leads(text, "sw1") == ["HostName 10.20.99.11", "User netadmin"]
    assert leads(text, "sw1-formerly-1") == ["HostName 10.20.98.11", "User netadmin"]
    assert "Host * !bastion.intra.gov.bf\n    ProxyJump bastion.intra.gov.bf\n" in text
    assert "sw1-console" not in text
