"""The firewall of a machine follows from the model."""

from dataclasses import replace

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


def test_a_port_for_the_world_opens_to_everybody_and_one_for_who_travels_where_people_do() -> None:
    administration = load("lab")
    mail1, ports = administration.machine("mail1"), [Port("tcp", 25, "world"), Port("tcp", 993, "roaming")]

    def sources(roaming: bool) -> list[tuple[str, ...]]:
        mail = administration.platform.mail.model_copy(update={"roaming": roaming})
        platform = administration.platform.model_copy(update={"mail": mail})
        return [port.sources for port in base_config(replace(administration, platform=platform), mail1, ports).ports]

    assert sources(roaming=True) == [("0.0.0.0/0",), ("0.0.0.0/0",)]
    assert sources(roaming=False) == [("0.0.0.0/0",), ("10.0.0.0/8",)]


def test_a_port_for_who_watches_opens_to_bastions_and_monitors_and_to_nobody_where_there_is_none() -> None:
    administration = load("lab")
    mail1, port = administration.machine("mail1"), Port("tcp", 9154, source="monitoring")
    rules = render("base/nftables.conf.j2", cfg=base_config(administration, mail1, [port]))
    assert "ip saddr { 10.10.10.10 } tcp dport 9154 accept" in rules
    alone = replace(administration, platform=administration.platform.model_copy(update={"bastions": {}}))
    assert base_config(alone, mail1, [port]).ports == ()


def test_who_asks_the_directory_for_its_users_watches_the_controllers() -> None:
    administration = load("lab")
    machines = administration.machines
    watched = {name: base_config(administration, machine, []).watched for name, machine in machines.items()}
    controllers = tuple(machine.address for machine in administration.running("directory"))
    assert {name for name, addresses in watched.items() if addresses} == {"app1", "files1", "mail1", "mail2", "web1"}
    assert {addresses for addresses in watched.values() if addresses} == {controllers}
