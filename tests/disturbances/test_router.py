"""A router whose building is cut off, whose key does not fit, or whose change nobody confirms, which it then undoes."""

import time

import pytest

from inventory.secrets import secrets_of
from tests.devices.leases import lease
from tests.disturbances.lab import Lab

pytestmark = pytest.mark.building(site="anptic-siege")
ROUTER, DESKS = "edge3", ("ws3", "guest3")


def test_a_building_that_is_cut_off_still_gives_addresses(lab: Lab) -> None:
    def mend() -> None:
        for interface in ("wan0", "wan1"):
            lab.plug(ROUTER, interface)

    with lab.hurt(mend):
        for interface in ("wan0", "wan1"):
            lab.cut(ROUTER, interface)
        assert [lease(lab.ssh_config, machine).answer for machine in DESKS] == ["given", "given"]


def test_a_session_whose_keys_differ_stays_down(lab: Lab) -> None:
    key = secrets_of(lab.administration.environment).get(f"device-{ROUTER}", "bgp/resina2").reveal()
    # Without a history: the key would stay in it.
    without = "VTYSH_HISTFILE=/dev/null vtysh -c 'configure terminal'"
    change = f"{without} -c 'router bgp 65103' -c 'neighbor 10.255.3.5 password {{}}'"
    with lab.hurt(lambda: lab.run(ROUTER, change.format(key))):
        lab.run(ROUTER, change.format("another-one"))
        deadline = time.monotonic() + 6  # three attempts to connect
        while time.monotonic() < deadline:
            assert [each for each in lab.troubles() if "BGP with 10.255.3.5" in each]
            time.sleep(0.5)


DESCRIBED = "vtysh -c 'configure terminal' -c 'interface wan1' -c 'description {}'"


def running(lab: Lab) -> str:
    return lab.run(ROUTER, "vtysh -c 'show running-config'")


def test_a_change_that_nobody_confirms_is_undone_by_the_router_itself(lab: Lab) -> None:
    before, saved = running(lab), lab.run(ROUTER, "sha256sum /etc/frr/frr.conf; stat -c '%U:%G %a' /etc/frr/frr.conf")
    with lab.hurt(lambda: lab.run(ROUTER, "router-guard revert; router-guard status | grep -x 'nothing waits'")):
        armed = lab.cli(ROUTER, "guard arm 1")
        assert (armed.returncode, armed.stdout) == (0, "armed: 1 min\n"), armed.stdout + armed.stderr
        # The way out itself, and things that come and go with sections of their own.
        lab.run(ROUTER, "vtysh -c 'configure terminal' -c 'router bgp 65103' -c 'no neighbor 10.255.3.1'")
        lab.run(ROUTER, "vtysh -c 'configure terminal' -c 'no route-map RESINA-PRIMARY-OUT permit 10'")
        lab.run(ROUTER, "vtysh -c 'configure terminal' -c 'no ip prefix-list RESINA-IN seq 1000'")
        lab.run(ROUTER, "vtysh -c 'configure terminal' -c 'bfd' -c 'no profile RESINA'")
        lab.run(ROUTER, DESCRIBED.format("by-hand"))
        assert lab.cli(ROUTER, "guard arm 1").returncode == 1, "two changes at once"
        assert lab.cli(ROUTER, "guard status").stdout.startswith("armed: ")
        lab.wait(lambda: lab.cli(ROUTER, "guard status").stdout == "nothing waits\n", seconds=90)
        assert sorted(running(lab).split("\n")) == sorted(before.split("\n"))
        assert '"receive-interval":300' not in lab.run(ROUTER, "vtysh -c 'show bfd peers json'"), "FRR's own interval"
        lab.whole()
        now = lab.run(ROUTER, "sha256sum /etc/frr/frr.conf; stat -c '%U:%G %a' /etc/frr/frr.conf")
        assert now == saved
        assert lab.run(ROUTER, "ls -A /var/lib/router-guard") == "lock\n"


def test_a_change_is_confirmed_or_taken_back_at_once(lab: Lab) -> None:
    before = running(lab)
    with lab.hurt(lambda: lab.run(ROUTER, DESCRIBED.format("resina2"))):
        assert lab.cli(ROUTER, "guard confirm").returncode == 1, "nothing was armed"
        assert lab.cli(ROUTER, "guard arm 5").returncode == 0
        lab.run(ROUTER, DESCRIBED.format("by-hand"))
        assert lab.cli(ROUTER, "guard revert").stdout == "reverted\n"
        assert running(lab) == before
        assert lab.cli(ROUTER, "guard arm 5").returncode == 0
        lab.run(ROUTER, DESCRIBED.format("by-hand"))
        assert lab.cli(ROUTER, "guard confirm").stdout == "confirmed\n"
        assert lab.cli(ROUTER, "guard status").stdout == "nothing waits\n"
        assert running(lab) != before
