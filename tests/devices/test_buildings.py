"""Every building of the lab: nothing left to change, frames that stay in their VLAN, a ring open at one place."""

import subprocess
import sys

import pytest

from inventory.model import Administration
from inventory.model.site import STP_ROOT
from roles.lab.topology import nic
from tests.devices.frames import End, heard_by
from tests.disturbances.lab import Lab
from tests.disturbances.ring import blocked, is_root

# A desk, and who hears what it broadcasts: the gateway of its VLAN, and no other VLAN of the router.
DESKS = [pytest.param("ws2", "edge2", id="a ring of Huawei"), pytest.param("ws3", "edge3", id="a ProCurve")]


def test_there_is_nothing_left_to_change(administration: Administration) -> None:
    plan = [sys.executable, "-m", "deploys.lan", "--plan", "--environment", administration.environment.environment]
    done = subprocess.run(plan, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in administration.switches:
        assert f"{name}: 0 changed" in done.stdout


@pytest.mark.parametrize(("desk", "router"), DESKS)
def test_frames_stay_in_their_vlan(administration: Administration, desk: str, router: str) -> None:
    vlans = {n.vlan: name for name, n in administration.routers[router].site.networks.items() if n.vlan}
    gateways = [End(router, f"lan0.{vlan}") for vlan in vlans]
    mine = next(End(router, f"lan0.{vlan}") for vlan, name in vlans.items() if name == "users")
    assert heard_by(administration.environment.ssh_config, End(desk, "eth0"), gateways) == [mine]


@pytest.mark.parametrize(("desk", "router"), DESKS)
def test_a_desk_reaches_the_data_centre_and_no_switch(administration: Administration, desk: str, router: str) -> None:
    lab = Lab(administration)
    assert "bytes from" in lab.run(desk, "ping -c 2 -W 1 10.10.10.11", check=False)
    for switch in administration.routers[router].site.switches.values():
        assert "bytes from" not in lab.run(desk, f"ping -c 1 -W 1 {switch.address}", check=False)


def test_the_distribution_switch_is_the_root_and_one_port_of_the_ring_is_blocked(
    administration: Administration,
) -> None:
    lab, site = Lab(administration), administration.sites["sante-siege"]
    assert [name for name in site.switches if is_root(lab, name)] == [
        name for name, switch in site.switches.items() if switch.stp_priority == STP_ROOT
    ]
    shut = [(name, port) for name in site.switches for port in blocked(lab, name)]
    between = {
        (name, nic(port))
        for name, switch in site.switches.items()
        for port, entry in switch.ports.items()
        if entry.to in site.switches and switch.stp_priority != STP_ROOT
    }
    assert len(shut) == 1, "the ring is open at one place"
    assert set(shut) <= between
