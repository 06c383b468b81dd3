"""The firewall, names and time of a machine follow from the model."""

from inventory.model import load
from roles.base.config import base_config
from roles.common import Port
from roles.rendering import render


def test_a_port_for_a_capability_opens_to_its_machines_only() -> None:
    administration = load("lab")
    cfg = base_config(administration, administration.machine("db1"), [Port("tcp", 5432, source="applications")])
    rules = render("base/nftables.conf.j2", cfg=cfg)
    assert "ip saddr { 10.10.10.14 } tcp dport 5432 accept" in rules
    assert "policy drop" in rules


def test_a_port_for_the_administration_opens_to_its_prefixes() -> None:
    administration = load("lab")
    cfg = base_config(administration, administration.machine("mail1"), [Port("tcp", 993)])
    assert "ip saddr { 10.0.0.0/8 } tcp dport 993 accept" in render("base/nftables.conf.j2", cfg=cfg)


def test_the_controller_serves_time_and_others_follow_it() -> None:
    administration = load("lab")
    controller = base_config(administration, administration.machine("dc1"), [])
    member = base_config(administration, administration.machine("mail1"), [])
    assert "local stratum 8" in render("base/chrony.conf.j2", cfg=controller)
    assert "server" not in render("base/chrony.conf.j2", cfg=controller).split("driftfile")[0]
    assert "server 10.10.10.11 iburst" in render("base/chrony.conf.j2", cfg=member)


def test_only_where_the_clock_is_shared_is_it_left_alone() -> None:
    for name, option in (("lab", '"-F 1 -x"'), ("production", '"-F 1"')):
        administration = load(name)
        cfg = base_config(administration, administration.machine("mail1"), [])
        assert option in render("base/chrony.default.j2", cfg=cfg)
