"""The firewall of a machine follows from the model."""

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
