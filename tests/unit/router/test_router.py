"""What crosses an edge router follows from the `reaches` of the site's networks."""

from dataclasses import replace

from inventory.model import load
from roles.rendering import render
from roles.router.config import router_config
from roles.router.subinterfaces import BridgePorts


def test_only_networks_that_reach_resina_are_forwarded() -> None:
    administration = load("lab")
    rules = render("router/router.nft.j2", cfg=router_config(administration, administration.machine("edge1")))
    assert 'iifname "lan0.10" oifname { wan0 } accept' in rules
    assert 'iifname "lan0.30"' not in rules
    assert "ip saddr { 10.255.1.1 } tcp dport 179 accept" in rules


def test_switches_are_reached_by_ssh_from_the_bastions_alone() -> None:
    administration = load("lab")
    cfg = router_config(administration, administration.machine("edge1"))
    crossing = [line.strip() for line in render("router/router.nft.j2", cfg=cfg).splitlines() if "dport 22" in line]
    assert crossing == [
        "iifname { wan0 } ip saddr { 10.10.10.10 } ip daddr { 10.20.99.11 } tcp dport 22 accept",
    ]
    assert "dport 22" not in render("router/router.nft.j2", cfg=replace(cfg, bastions=()))


def test_ports_of_open_vswitch_are_read() -> None:
    output = (
        '{"data":[["lan0",["set",[]],["set",[10,30]]],["lan0.10",10,["set",[]]],["br-lan",["set",[]],["set",[]]]],'
        '"headings":["name","tag","trunks"]}'
    )
    assert BridgePorts().process([output]) == {"lan0": [10, 30], "lan0.10": [10], "br-lan": []}
