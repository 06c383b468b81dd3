"""What DHCP gives in a building follows from the pools of its networks and the MAC addresses of its machines."""

import json
import re
from ipaddress import IPv4Address
from typing import Any

from inventory.model import Administration, load
from roles.dhcp import CHECK
from roles.dhcp.config import dhcp_config
from roles.rendering import render


def served(administration: Administration) -> dict[str, dict[str, Any]]:
    """The subnets of edge1 as Kea reads them, by interface."""
    cfg = dhcp_config(administration, administration.machine("edge1"))
    text = render("dhcp/kea-dhcp4.conf.j2", cfg=cfg)
    whole = json.loads(re.sub(r"(?m)^\s*//.*$", "", text))["Dhcp4"]
    found = {subnet["interface"]: subnet for subnet in whole["subnet4"]}
    assert whole["interfaces-config"]["interfaces"] == list(found)
    return found


def options(subnet: dict[str, Any]) -> dict[str, str]:
    return {option["name"]: option["data"] for option in subnet["option-data"]}


def test_each_network_with_a_pool_is_served_on_its_own_interface() -> None:
    found = served(load("lab"))
    assert {name: (subnet["id"], subnet["subnet"], subnet["pools"]) for name, subnet in found.items()} == {
        "lan0.10": (10, "10.20.10.0/24", [{"pool": "10.20.10.100 - 10.20.10.254"}]),
        "lan0.30": (30, "10.20.30.0/24", [{"pool": "10.20.30.100 - 10.20.30.254"}]),
    }
    assert (found["lan0.10"]["valid-lifetime"], found["lan0.30"]["valid-lifetime"]) == (24 * 3600, 4 * 3600)


def test_who_reaches_resina_is_told_of_names_and_time_and_guests_are_not() -> None:
    found = served(load("lab"))
    assert options(found["lan0.10"]) == {
        "routers": "10.20.10.1",
        "domain-name-servers": "10.10.10.11, 10.10.10.18",
        "ntp-servers": "10.10.10.11, 10.10.10.18",
        "domain-name": "intra.gov.bf",
        "domain-search": "intra.gov.bf",
    }
    assert options(found["lan0.30"]) == {"routers": "10.20.30.1"}


def test_a_machine_with_a_mac_has_its_address_reserved_where_it_exists() -> None:
    assert served(load("lab"))["lan0.10"]["reservations"] == [
        {"hw-address": "02:00:0a:14:0a:15", "ip-address": "10.20.10.21", "hostname": "ws1"}
    ]
    assert served(load("production"))["lan0.10"]["reservations"] == []


def test_a_building_without_pools_serves_nothing() -> None:
    administration = load("lab")
    networks = administration.sites["mtdpce-siege"].networks
    for name, network in networks.items():
        networks[name] = network.model_copy(update={"pool": None})
    assert administration.machine("edge1").runs == ("router",)


def test_the_pool_knows_its_addresses() -> None:
    pool = load("lab").sites["mtdpce-siege"].networks["users"].pool
    assert pool is not None
    inside = [address for address in ("10.20.10.99", "10.20.10.100", "10.20.10.254") if IPv4Address(address) in pool]
    assert inside == ["10.20.10.100", "10.20.10.254"]


def test_only_the_interfaces_of_pools_are_open_to_clients() -> None:
    administration = load("lab")
    cfg = dhcp_config(administration, administration.machine("edge1"))
    rules = [line.strip() for line in render("dhcp/dhcp.nft.j2", cfg=cfg).splitlines() if "accept" in line]
    assert rules == ["iifname { lan0.10, lan0.30 } udp sport 68 udp dport 67 counter accept"]


def test_a_configuration_is_checked_as_the_account_that_reads_it() -> None:
    assert CHECK.startswith("setpriv --reuid=_kea --regid=_kea --clear-groups ")
    assert "kea-dhcp4 -t {}" in CHECK
