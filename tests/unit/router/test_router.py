"""What crosses an edge router follows from the `reaches` of the site's networks."""

from dataclasses import replace

from inventory.model import load
from roles.rendering import render
from roles.router.config import router_config
from roles.router.subinterfaces import BridgePorts


def test_only_networks_that_reach_resina_are_forwarded() -> None:
    administration = load("lab")
    rules = render("router/router.nft.j2", cfg=router_config(administration, administration.machine("edge1")))
    assert 'iifname "lan0.10" oifname { wan0, wan1 } accept' in rules
    assert 'iifname "lan0.30"' not in rules
    assert 'elements = { "wan0" . 10.255.1.1, "wan1" . 10.255.1.5 }' in rules
    assert "iifname . ip saddr @cores tcp dport 179 accept" in rules


def test_what_is_declared_leaves_with_its_mark_and_all_else_without() -> None:
    administration = load("lab")
    network = administration.sites["mtdpce-siege"].networks["users"].model_copy(update={"vlan": 20})
    administration.sites["mtdpce-siege"].networks["voice"] = network
    rules = render("router/router.nft.j2", cfg=router_config(administration, administration.machine("edge1")))
    marks = [line.strip() for line in rules.splitlines() if "dscp" in line]
    assert marks == [
        "oifname { wan0, wan1 } ip dscp set cs0",
        "oifname { wan0, wan1 } ip daddr 10.10.10.14 tcp dport 443 ip dscp set af31",
        'iifname "lan0.20" oifname { wan0, wan1 } ip dscp set ef',
    ]


def test_switches_are_reached_from_the_bastions_alone_by_ssh_ping_and_snmp() -> None:
    administration = load("lab")
    cfg = router_config(administration, administration.machine("edge1"))
    crossing = [line.strip() for line in render("router/router.nft.j2", cfg=cfg).splitlines() if "10.20.99.11" in line]
    way = "iifname { wan0, wan1 } ip saddr { 10.10.10.10 } ip daddr { 10.20.99.11 }"
    assert crossing == [
        f"{way} tcp dport 22 accept",
        f"{way} icmp type echo-request accept",
        f"{way} udp dport 161 accept",
    ]
    assert "10.20.99.11" not in render("router/router.nft.j2", cfg=replace(cfg, bastions=(), readers=()))


def test_ports_of_open_vswitch_are_read() -> None:
    output = (
        '{"data":[["lan0",["set",[]],["set",[10,30]]],["lan0.10",10,["set",[]]],["br-lan",["set",[]],["set",[]]]],'
        '"headings":["name","tag","trunks"]}'
    )
    assert BridgePorts().process([output]) == {"lan0": [10, 30], "lan0.10": [10], "br-lan": []}


def test_the_switch_of_its_trunk_hears_who_it_is_and_resina_does_not() -> None:
    administration = load("lab")
    machine = administration.machine("edge2")
    said = render("router/lldp.conf.j2", cfg=router_config(administration, machine), hostname=machine.name)
    assert "configure system interface pattern lan0\n" in said
    assert "configure system hostname edge2\n" in said
