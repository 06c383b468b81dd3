"""Every building of the lab: nothing left to change, frames that stay in their VLAN, a ring open at one place."""

import subprocess
import sys
from collections.abc import Iterable

import pytest

from inventory.model import Administration
from inventory.model.site import STP_ROOT, Site
from roles.lab.topology import nic
from tests.devices.frames import End, heard_by
from tests.disturbances.lab import Lab
from tests.disturbances.ring import blocked, is_root

BUILDINGS = ("mtdpce-siege", "sante-siege", "anptic-siege")  # Catalyst, Huawei, ProCurve
SERVER = "10.10.10.11"


def ends(site: Site) -> dict[End, int]:
    """Where frames of a building are sent and heard, and in which VLAN: its machines, its router in each VLAN."""
    vlans = {network.prefix: network.vlan for network in site.networks.values() if network.vlan}
    (router,) = site.routers
    found = {End(router, f"{site.routers[router].lan}.{vlan}"): vlan for vlan in vlans.values()}
    for name, machine in site.machines.items():
        vlan = next((vlan for prefix, vlan in vlans.items() if machine.address and machine.address in prefix), None)
        found |= {End(name, "eth0"): vlan} if vlan else {}
    return found


def answered(lab: Lab, machine: str, targets: Iterable[str]) -> set[str]:
    """Those of some addresses that answer a machine's ping."""
    one = "(ping -q -c 2 -i 0.2 -W 1 {0} >/dev/null && echo {0}) &"
    return set(lab.run(machine, " ".join(one.format(target) for target in targets) + " wait", check=False).split())


def test_there_is_nothing_left_to_change(administration: Administration) -> None:
    plan = [sys.executable, "-m", "deploys.lan", "--plan", "--environment", administration.environment.environment]
    done = subprocess.run(plan, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in administration.switches:
        assert f"{name}: 0 changed" in done.stdout


@pytest.mark.parametrize("building", BUILDINGS)
def test_frames_stay_in_their_vlan(administration: Administration, building: str) -> None:
    known = ends(administration.sites[building])
    assert len(known) == 5  # a desk, a visitor; the router to users, to visitors, to the switches
    for sender, vlan in known.items():
        others = [end for end in known if end.machine != sender.machine]
        expected = [end for end in others if known[end] == vlan]
        assert heard_by(administration.environment.ssh_config, sender, others) == expected, sender


@pytest.mark.xdist_group("edge1")  # whose sessions other tests hurt
@pytest.mark.parametrize("building", BUILDINGS)
def test_who_reaches_whom(administration: Administration, building: str) -> None:
    """Users reach the data centre, visitors nobody but their gateway; nothing comes in from other buildings."""
    lab, site = Lab(administration), administration.sites[building]
    lab.whole()
    people = {str(m.address) for m in administration.machines.values() if m.network and m.site.kind == "building"}
    everybody = {SERVER, *people, *(str(switch.address) for switch in site.switches.values())}
    for name, machine in site.machines.items():
        if machine.network is None:
            continue
        gateway = str(site.networks[machine.network].gateway)
        expected = {gateway, SERVER} if machine.network == "users" else {gateway}
        assert answered(lab, name, (everybody | {gateway}) - {str(machine.address)}) == expected, name
    assert answered(lab, "dc1", everybody - {SERVER}) == set()


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
