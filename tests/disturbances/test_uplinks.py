"""A building keeps its way to RESINA when one link dies, and a router goes back from what nobody confirms."""

import subprocess
import time
from collections.abc import Callable

import pytest

from inventory.secrets import secrets_of
from tests.devices.leases import lease
from tests.disturbances.lab import Lab
from tests.disturbances.switches import cut_power
from tests.disturbances.traffic import flow
from tests.rehearsals.conftest import ROOT, run

DESK, SERVER = "ws1", "10.10.10.11"
# Milliseconds, on a machine that does other things too; `make bench SUBJECT=uplinks` has the targets (150 and 300).
LINK_DOWN, SILENT = 500, 1000
WHOLE_CORE = 2000  # the data centre's new gateway is told to its machines (VRRP, 300 to 400 ms without a sign of life)

Act = Callable[[Lab], None]


@pytest.mark.parametrize(
    ("lose", "mend", "longest"),
    [
        pytest.param(
            lambda lab: lab.cut("resina1", "to-edge1"),
            lambda lab: lab.plug("resina1", "to-edge1"),
            LINK_DOWN,
            id="the link goes down at the core's end",
        ),
        pytest.param(
            lambda lab: lab.cut("edge1", "wan0"),
            lambda lab: lab.plug("edge1", "wan0"),
            LINK_DOWN,
            id="the link goes down at the building's end",
        ),
        pytest.param(
            lambda lab: lab.silence("resina1", "to-edge1"),
            lambda lab: lab.speak("resina1"),
            SILENT,
            id="what the core sends is lost",
        ),
        pytest.param(
            lambda lab: lab.silence("edge1", "wan0"),
            lambda lab: lab.speak("edge1"),
            SILENT,
            id="what the building sends is lost",
        ),
    ],
)
def test_the_primary_link_dies_under_traffic_and_comes_back(lab: Lab, lose: Act, mend: Act, longest: int) -> None:
    with lab.hurt(lambda: mend(lab)):
        with flow(lab.ssh_config, DESK, SERVER) as lost:
            lose(lab)
        assert lost.lost > 0, "nothing was lost: the link was not in use"
        assert lost.longest <= longest
        with flow(lab.ssh_config, DESK, SERVER) as back:
            mend(lab)
        assert (back.sent, back.lost) == (1000, 0)


def test_a_whole_core_dies_under_traffic_and_comes_back(lab: Lab) -> None:
    """The one that is both the primary way of the building and the gateway of the data centre."""
    core = lab.administration.routers["edge1"].entry.by_preference[0].core
    gateway = lab.administration.sites["dc"].networks["servers"].gateway

    def die() -> None:
        # The cables first: a machine without power would still forward, since its namespace is the lab's.
        for interface in lab.cables(core):
            lab.cut(core, interface)
        cut_power(core)
        # What its daemons gave it ends with them; the namespace is the lab's, and would still answer for it.
        for command in (f"address flush dev lan0 to {gateway}", "route flush proto bgp"):
            subprocess.run(["ip", "-n", f"lab-{core}", *command.split()], check=True)

    def come_back() -> None:
        for interface in lab.cables(core):
            lab.plug(core, interface)
        start = ("deploys.engine", "deploy", "--deploy", "lab", "--inventory", "@local", "--yes")
        assert run(ROOT, *start).returncode == 0

    with lab.hurt(come_back):
        with flow(lab.ssh_config, DESK, SERVER) as lost:
            die()
        assert lost.lost > 0, "nothing was lost: the core was not in use"
        assert lost.longest <= WHOLE_CORE
        # It boots, learns the ways, and becomes the gateway again ten seconds later.
        with flow(lab.ssh_config, DESK, SERVER, probes=8000) as back:
            come_back()
        assert (back.sent, back.lost) == (8000, 0)


def test_the_backup_link_is_not_missed(lab: Lab) -> None:
    with lab.hurt(lambda: lab.plug("resina2", "to-edge1")):
        with flow(lab.ssh_config, DESK, SERVER) as seen:
            lab.cut("resina2", "to-edge1")
        assert (seen.sent, seen.lost) == (1000, 0)


def test_a_building_that_is_cut_off_still_gives_addresses(lab: Lab) -> None:
    def mend() -> None:
        for interface in ("wan0", "wan1"):
            lab.plug("edge1", interface)

    with lab.hurt(mend):
        for interface in ("wan0", "wan1"):
            lab.cut("edge1", interface)
        assert [lease(lab.ssh_config, machine).answer for machine in ("ws1", "guest1")] == ["given", "given"]


def test_a_session_whose_keys_differ_stays_down(lab: Lab) -> None:
    key = secrets_of(lab.administration.environment).get("device-edge1", "bgp/resina2").reveal()
    # Without a history: the key would stay in it.
    without = "VTYSH_HISTFILE=/dev/null vtysh -c 'configure terminal'"
    change = f"{without} -c 'router bgp 65101' -c 'neighbor 10.255.1.5 password {{}}'"
    with lab.hurt(lambda: lab.run("edge1", change.format(key))):
        lab.run("edge1", change.format("another-one"))
        deadline = time.monotonic() + 6  # three attempts to connect
        while time.monotonic() < deadline:
            assert [each for each in lab.troubles() if "BGP with 10.255.1.5" in each]
            time.sleep(0.5)


DESCRIBED = "vtysh -c 'configure terminal' -c 'interface wan1' -c 'description {}'"


def running(lab: Lab) -> str:
    return lab.run("edge1", "vtysh -c 'show running-config'")


def test_a_change_that_nobody_confirms_is_undone_by_the_router_itself(lab: Lab) -> None:
    before, saved = running(lab), lab.run("edge1", "sha256sum /etc/frr/frr.conf; stat -c '%U:%G %a' /etc/frr/frr.conf")
    with lab.hurt(lambda: lab.run("edge1", "router-guard revert; router-guard status | grep -x 'nothing waits'")):
        armed = lab.cli("edge1", "guard arm 1")
        assert (armed.returncode, armed.stdout) == (0, "armed: 1 min\n"), armed.stdout + armed.stderr
        # The way out itself, and things that come and go with sections of their own.
        lab.run("edge1", "vtysh -c 'configure terminal' -c 'router bgp 65101' -c 'no neighbor 10.255.1.1'")
        lab.run("edge1", "vtysh -c 'configure terminal' -c 'no route-map RESINA-PRIMARY-OUT permit 10'")
        lab.run("edge1", "vtysh -c 'configure terminal' -c 'no ip prefix-list RESINA-IN seq 1000'")
        lab.run("edge1", "vtysh -c 'configure terminal' -c 'bfd' -c 'no profile RESINA'")
        lab.run("edge1", DESCRIBED.format("by-hand"))
        assert lab.cli("edge1", "guard arm 1").returncode == 1, "two changes at once"
        assert lab.cli("edge1", "guard status").stdout.startswith("armed: ")
        lab.wait(lambda: lab.cli("edge1", "guard status").stdout == "nothing waits\n", seconds=90)
        assert sorted(running(lab).split("\n")) == sorted(before.split("\n"))
        assert '"receive-interval":300' not in lab.run("edge1", "vtysh -c 'show bfd peers json'"), "FRR's own interval"
        lab.whole()
        now = lab.run("edge1", "sha256sum /etc/frr/frr.conf; stat -c '%U:%G %a' /etc/frr/frr.conf")
        assert now == saved
        assert lab.run("edge1", "ls -A /var/lib/router-guard") == "lock\n"


def test_a_change_is_confirmed_or_taken_back_at_once(lab: Lab) -> None:
    before = running(lab)
    with lab.hurt(lambda: lab.run("edge1", DESCRIBED.format("resina2"))):
        assert lab.cli("edge1", "guard confirm").returncode == 1, "nothing was armed"
        assert lab.cli("edge1", "guard arm 5").returncode == 0
        lab.run("edge1", DESCRIBED.format("by-hand"))
        assert lab.cli("edge1", "guard revert").stdout == "reverted\n"
        assert running(lab) == before
        assert lab.cli("edge1", "guard arm 5").returncode == 0
        lab.run("edge1", DESCRIBED.format("by-hand"))
        assert lab.cli("edge1", "guard confirm").stdout == "confirmed\n"
        assert lab.cli("edge1", "guard status").stdout == "nothing waits\n"
        assert running(lab) != before
