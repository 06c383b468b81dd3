"""The edge router of the lab: its sessions with RESINA, what crosses it, and what does not."""

import json
import subprocess
import sys
from typing import Any

import pytest

from inventory.model import Administration
from inventory.secrets import Secret
from roles.uplinks.frr import state
from roles.uplinks.intent import intent
from roles.uplinks.verify import problems
from tests.disturbances.lab import Lab

pytestmark = pytest.mark.xdist_group("edge1")


@pytest.fixture
def lab(administration: Administration) -> Lab:
    found = Lab(administration)
    found.whole()  # machines that are busy with other tests may have missed each other for a moment
    return found


def vtysh(lab: Lab, machine: str, command: str) -> Any:
    return json.loads(lab.run(machine, f"vtysh -c '{command}'"))


def test_there_is_nothing_left_to_change(administration: Administration) -> None:
    plan = [sys.executable, "-m", "deploys.uplinks", "--plan", "--environment", administration.environment.environment]
    done = subprocess.run(plan, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "edge1: 0 changed" in done.stdout


def test_both_uplinks_do_what_they_must(administration: Administration, lab: Lab) -> None:
    wanted = intent(administration, administration.routers["edge1"], lambda _scope, _key: Secret(""))
    found = state(
        lambda command: lab.run("edge1", f"vtysh -c '{command}'"), [neighbor.address for neighbor in wanted.neighbors]
    )
    assert problems(wanted, found) == []
    assert [session.state for session in found.sessions.values()] == ["Established", "Established"]
    assert [session.bfd for session in found.sessions.values()] == ["up", "up"]


def test_bfd_is_as_fast_as_declared_at_both_ends(administration: Administration, lab: Lab) -> None:
    wanted = administration.platform.resina.bfd
    for machine in ("edge1", *administration.platform.resina.cores):
        for peer in vtysh(lab, machine, "show bfd peers json"):
            assert (peer["receive-interval"], peer["detect-multiplier"]) == (wanted.interval_ms, wanted.multiplier)


def test_the_cores_know_what_reaches_resina_and_nothing_else_of_ours(administration: Administration, lab: Lab) -> None:
    site = administration.routers["edge1"].site
    expected = {str(network.prefix) for network in site.networks.values() if "resina" in network.reaches}
    for core in administration.platform.resina.cores:
        known = vtysh(lab, core, "show bgp ipv4 unicast json")["routes"]
        ours = {prefix for prefix, paths in known.items() for path in paths if path["path"].startswith("65101")}
        assert ours == expected


def test_the_cores_send_the_building_its_traffic_over_the_primary_link(
    administration: Administration, lab: Lab
) -> None:
    primary = administration.routers["edge1"].entry.by_preference[0]
    for core in administration.platform.resina.cores:
        paths = vtysh(lab, core, "show bgp ipv4 unicast 10.20.10.0/24 json")["paths"]
        (best,) = (path for path in paths if path.get("bestpath", {}).get("overall"))
        assert best["locPrf"] == 200
        via = str(primary.address.ip) if core == primary.core else "10.255.0.1"
        assert [hop["ip"] for hop in best["nexthops"]] == [via]


def test_sessions_are_one_hop_long(lab: Lab) -> None:
    # What comes to port 179 from a core's address with another hop limit is counted and dropped.
    rules = "nft list chain inet filter one_hop"

    def dropped() -> int:
        (line,) = (line for line in lab.run("edge1", rules).splitlines() if "tcp dport 179" in line)
        return int(line.split("counter packets ")[1].split()[0])

    before = dropped()
    # After the core's own rule, which sets 255; sessions that are up send no SYN.
    knock = "import socket; s = socket.socket(); s.settimeout(0.3); print(s.connect_ex(('10.255.1.2', 179)))"
    table = "add table ip far; add chain ip far out { type filter hook postrouting priority 300; }"
    lab.run(
        "resina1", f"nft '{table}; add rule ip far out tcp dport 179 tcp flags & (syn | ack) == syn ip ttl set 254'"
    )
    try:
        assert lab.run("resina1", f'python3 -c "{knock}"').strip() != "0"
    finally:
        lab.run("resina1", "nft delete table ip far")
    assert dropped() > before


def test_a_route_leak_from_a_building_is_refused_twice(lab: Lab) -> None:
    leak = "10.66.0.0/24"
    configure = "vtysh -c 'configure terminal' -c 'router bgp 65101'"
    lab.run("edge1", f"vtysh -c 'configure terminal' -c 'ip route {leak} blackhole'")
    try:
        lab.run("edge1", f"{configure} -c 'address-family ipv4 unicast' -c 'network {leak}'")
        lab.wait(lambda: leak in vtysh(lab, "edge1", "show bgp ipv4 unicast json")["routes"])
        sent = "show bgp ipv4 unicast neighbors 10.255.1.1 advertised-routes json"
        assert leak not in vtysh(lab, "edge1", sent)["advertisedRoutes"]
        # And were our own filter open, the core's is not.
        lab.run("edge1", "vtysh -c 'configure terminal' -c 'ip prefix-list RESINA-OUT seq 999 permit any'")
        lab.wait(lambda: leak in vtysh(lab, "edge1", sent)["advertisedRoutes"])
        for core in ("resina1", "resina2"):
            assert leak not in vtysh(lab, core, "show bgp ipv4 unicast json")["routes"]
    finally:
        lab.run("edge1", "vtysh -c 'configure terminal' -c 'no ip prefix-list RESINA-OUT seq 999 permit any'")
        lab.run("edge1", f"{configure} -c 'address-family ipv4 unicast' -c 'no network {leak}'")
        lab.run("edge1", f"vtysh -c 'configure terminal' -c 'no ip route {leak} blackhole'")
        lab.whole()


def test_what_is_declared_arrives_with_its_mark_and_a_desk_cannot_mark_its_own(lab: Lab) -> None:
    # DSCP as the core sees it: AF31 is 26, in the upper six bits of the TOS byte.
    pings = "10.10.10.11 ip protocol icmp ip length 105"  # of a size that no other test sends meanwhile
    watch = "add table ip seen; add chain ip seen in { type filter hook prerouting priority -400; }"
    rules = "; ".join(
        f"add rule ip seen in iifname to-edge1 ip daddr {packets} ip dscp {mark} counter"
        for packets, mark in (("10.10.10.14", "af31"), (pings, "cs0"), (pings, "ef"))
    )
    lab.run("resina1", f"nft '{watch}; {rules}'")
    try:
        lab.run("ws1", "curl -sko /dev/null --max-time 5 https://10.10.10.14/", check=False)
        lab.run("ws1", "ping -c 2 -W 1 -s 77 -Q 0xb8 10.10.10.11")  # a desk that says that it is a telephone
        seen = lab.run("resina1", "nft list table ip seen")
    finally:
        lab.run("resina1", "nft delete table ip seen")
    counts = [int(line.split("packets ")[1].split()[0]) for line in seen.splitlines() if "counter" in line]
    assert counts[0] > 0
    assert counts[1] == 2
    assert counts[2] == 0


def test_the_saved_configuration_is_the_running_one(lab: Lab) -> None:
    # vtysh cannot show what it saved: the file is read on the machine.
    running = lab.run("edge1", "vtysh -c 'show running-config'").splitlines()
    saved = lab.run("edge1", "cat /etc/frr/frr.conf").splitlines()
    start = "ip prefix-list RESINA-IN seq 5 deny 10.20.10.0/24 le 32"
    assert saved[saved.index(start) :] == [line for line in running[running.index(start) :] if line != "end"]
