"""Nothing that the lab sends can reach another network, and nothing for the lab leaves by this machine's interfaces."""

import json
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import IPv4Network

import pytest

from inventory.model import Administration
from roles.lab.guard import SAID, TABLE, lab_addresses, rules
from roles.lab.topology import topology

SCRATCH = "lab-guard-check"


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def counted(*namespace: str) -> int:
    """Packets that the guard has dropped."""
    listed = json.loads(output(*namespace, "nft", "--json", "list", "table", "inet", TABLE))
    rule_counters = [
        part["counter"]["packets"]
        for entry in listed["nftables"]
        for part in entry.get("rule", {}).get("expr", [])
        if "counter" in part
    ]
    assert len(rule_counters) == 3
    return sum(rule_counters)


def test_no_cable_leads_out_of_the_lab() -> None:
    """Every veth end of the lab has its other end in the lab: none is in this machine's own namespace."""
    outside = json.loads(output("ip", "-json", "link", "show", "type", "veth"))
    lab = set(output("ip", "netns", "list").split())
    assert not [link["ifname"] for link in outside if link and link.get("link_netns", "") in lab]


def ping(administration: Administration, name: str, address: str) -> int:
    """The exit status of a ping from a machine: 0 for an answer."""
    command = ["ssh", "-F", str(administration.environment.ssh_config), name, f"ping -c1 -W1 {address}"]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_machines_have_no_way_out(administration: Administration) -> None:
    """From a machine, its neighbours answer, and nothing outside the lab does: not even this machine's own address."""
    links = json.loads(output("ip", "-json", "-4", "address", "show", "scope", "global"))
    own = [a["local"] for link in links if link for a in link["addr_info"]] or ["203.0.113.1"]  # none without a network
    for name, neighbour in (("mail1", "dc1"), ("resina1", "dc1")):
        assert ping(administration, name, str(administration.machine(neighbour).address)) == 0
        assert ping(administration, name, own[0]) in (1, 2), f"{name} reaches {own[0]}"


def test_each_machine_is_in_a_namespace_of_its_own(administration: Administration) -> None:
    names = {line.split()[0] for line in output("ip", "netns", "list").splitlines()}
    assert set(topology(administration).namespaces) <= names


def test_no_packet_for_the_lab_tried_to_leave() -> None:
    assert counted() == 0, [line for line in output("dmesg").splitlines() if SAID in line][-10:]


@pytest.fixture
def scratch() -> Iterator[tuple[str, ...]]:
    """A namespace with a default route over a veth, both ends inside it: a machine with a way out, in miniature."""
    inside = ("ip", "netns", "exec", SCRATCH)
    output("ip", "netns", "add", SCRATCH)
    try:
        output("ip", "-n", SCRATCH, "link", "add", "out", "type", "veth", "peer", "name", "far")
        for interface in ("lo", "out", "far"):
            output("ip", "-n", SCRATCH, "link", "set", interface, "up")
        output("ip", "-n", SCRATCH, "address", "add", "192.0.2.2/24", "dev", "out")
        output("ip", "-n", SCRATCH, "route", "add", "default", "via", "192.0.2.1")
        output("ip", "-n", SCRATCH, "neigh", "add", "192.0.2.1", "lladdr", "02:00:00:00:00:01", "dev", "out")
        yield inside
    finally:
        output("ip", "netns", "delete", SCRATCH)


def test_the_guard_counts_and_drops(administration: Administration, scratch: tuple[str, ...]) -> None:
    """The same rules, where a packet does try: it is counted, and its sender is told so at once."""
    addresses = lab_addresses(administration)
    subprocess.run([*scratch, "nft", "-f", "-"], input=rules(addresses), text=True, check=True)
    address = str(next(IPv4Network(addresses[0]).hosts()))
    send = f"import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('{address}', 9))"
    refused = subprocess.run([*scratch, sys.executable, "-c", send], capture_output=True, text=True, check=False)
    assert "Operation not permitted" in refused.stderr
    assert counted(*scratch) == 1
