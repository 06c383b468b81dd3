"""Rules over what is intended and what runs; waivers with a day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from deploys.compliance import audited
from inventory.masking import SHOWN
from inventory.model import InventoryError, load
from inventory.model.waivers import Waiver, load_waivers
from inventory.secrets import Secret
from roles.compliance.audit import IDS, audit, table
from roles.compliance.routers import COMMON, ROUTER_RULES
from roles.compliance.rules import RULES, Audited, Result
from roles.network.plan import plan
from roles.uplinks import targets
from tests.edge import NAME, administration

TODAY = date(2026, 11, 27)


@pytest.fixture
def device() -> Audited:
    return next(each for each in audited(load("lab"), "intended") if each.device == "sw1")


def failed(device: Audited, *waivers: Waiver) -> set[str]:
    return {v.rule.id for v in audit([device], waivers, TODAY) if v.result is Result.FAIL}


def test_what_is_intended_fails_only_what_is_not_there_yet(device: Audited) -> None:
    assert failed(device) == {"remote-syslog", "dot1x"}
    assert len(RULES) >= 30
    assert len(set(IDS)) == len(IDS)
    assert all(len({rule.id for rule in rules}) == len(rules) for rules in (RULES, ROUTER_RULES))
    assert set(COMMON) < {rule.id for rule in ROUTER_RULES}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("spanning-tree bpduguard enable", "bpdu-guard"),
        ("spanning-tree guard root", "root-guard"),
        ("switchport port-security", "port-security"),
        ("storm-control action shutdown", "storm-control"),
        ("no lldp transmit", "silent-desks"),
    ],
)
def test_a_port_that_lost_its_guard_is_named(device: Audited, line: str, rule: str) -> None:
    lacking = ("interface GigabitEthernet1/0/1", f" {line}")
    assert rule in failed(replace(device, lacking=lacking))


@pytest.mark.parametrize(
    ("was", "now", "rule"),
    [
        ("no ip http server", "ip http server", "no-http"),
        ("transport input ssh", "transport input telnet ssh", "ssh-alone"),
        ("no cdp run", "cdp run", "no-cdp"),
        ("exec-timeout 5 0", "exec-timeout 0 0", "session-timeout"),
    ],
)
def test_what_runs_is_read_too(device: Audited, was: str, now: str, rule: str) -> None:
    assert rule in failed(replace(device, running=device.running.replace(was, now)))


def test_a_community_is_named_without_its_word(device: Audited) -> None:
    said = "\n".join(
        table(audit([replace(device, running=device.running + "snmp-server community hidden RO\n")], [], TODAY), False)
    )
    assert "snmp-server community …" in said
    assert "hidden" not in said


def test_an_intent_without_guards_fails(device: Audited) -> None:
    bare = tuple(
        replace(port, bpdu_guard=False, root_guard=False, macs=None, storm=None, lldp=True, access=1)
        if port.access
        else replace(port, native=1, vlans=(1, *port.vlans))
        for port in device.intent.ports
    )
    found = failed(replace(device, intent=replace(device.intent, ports=bare, snooped=(), inspected=())))
    assert found >= {"bpdu-guard", "root-guard", "port-security", "storm-control", "silent-desks", "no-vlan-1"}
    assert found >= {"native-vlan", "vlan-1-pruned", "dhcp-snooping", "arp-inspection"}


def test_a_waiver_holds_until_its_day(device: Audited) -> None:
    def waiver(until: str, **of: str) -> Waiver:
        return Waiver(rule="remote-syslog", reason="commandé", until=until, **(of or {"of": "all"}))

    assert "remote-syslog" not in failed(device, waiver("2026-11-27"))
    assert "remote-syslog" in failed(device, waiver("2026-11-26"))
    assert "remote-syslog" in failed(device, waiver("2026-12-31", of="device", name="sw2"))
    assert "remote-syslog" not in failed(device, waiver("2026-12-31", of="site", name="mtdpce-siege"))
    said = list(table(audit([device], [waiver("2026-11-26")], TODAY), everything=False))
    assert "the waiver ended on 2026-11-26" in "\n".join(said)
    assert said[0].startswith("fail")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- {rule: remote-sylog, of: all, reason: x, until: '2027-01-01'}",
            "waivers.yaml:2:12: la règle « remote-sylog » n'existe pas",
        ),
        (
            "- {rule: dot1x, of: site, name: nowhere, reason: x, until: '2027-01-01'}",
            "le site « nowhere » n'existe pas",
        ),
        ("- {rule: dot1x, of: all, name: sw1, reason: x, until: '2027-01-01'}", "« name » n'a pas de sens"),
        ("- {rule: dot1x, of: all, reason: x, until: '2027-02-31'}", "until"),
        ("- {rule: dot1x, of: all, until: '2027-01-01'}", "reason"),
    ],
)
def test_a_mistake_in_waivers_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "waivers.yaml").write_text(f"waivers:\n  {text}\n")
    with pytest.raises(InventoryError) as raised:
        load_waivers(tmp_path, load("lab"), IDS)
    (problem,) = raised.value.problems
    assert said in str(problem)


def test_a_controller_may_have_a_waiver(tmp_path: Path) -> None:
    text = "- {rule: krbtgt-age, of: device, name: dc1, reason: x, until: '2027-01-01'}"
    (tmp_path / "waivers.yaml").write_text(f"waivers:\n  {text}\n")
    (waiver,) = load_waivers(tmp_path, load("lab"), IDS)
    assert waiver.covers("krbtgt-age", "dc1", "dc")
    assert not waiver.covers("krbtgt-age", "dc2", "dc")


def test_the_waivers_of_the_inventory_are_read() -> None:
    here = Path(__file__).resolve().parents[3] / "inventory"
    assert {waiver.rule for waiver in load_waivers(here, load("lab"), IDS)} == {"remote-syslog", "dot1x"}


@pytest.fixture
def router(tmp_path: Path) -> Audited:
    return audited(administration(tmp_path), "intended", NAME)[0]


def test_a_router_has_rules_of_its_own(router: Audited) -> None:
    assert failed(router) == {"remote-syslog"}


@pytest.mark.parametrize(
    ("was", "now", "rule"),
    [
        (" neighbor 10.255.1.9 ttl-security hops 1\n", "", "bgp-one-hop"),
        ("  neighbor 10.255.1.13 prefix-list RESINA-OUT out\n", "", "bgp-no-transit"),
        ("deny 10.30.0.0/22 le 32", "permit 10.30.0.0/22", "bgp-own-networks"),
        (" zone-member security LAN-guests\n", "", "zones"),
        ("no ip http server\n", "ip http server\n", "no-http"),
        (" no lldp receive\n", "", "silent-uplinks"),
    ],
)
def test_what_a_router_runs_is_read_too(router: Audited, was: str, now: str, rule: str, tmp_path: Path) -> None:
    assert was in router.running
    running = router.running.replace(was, now)
    target = targets(administration(tmp_path / "again"), lambda _scope, _key: Secret(SHOWN))[NAME]
    changed = replace(router, running=running, lacking=plan(target.platform, running, target.intended).texts)
    assert failed(changed) == {"remote-syslog", rule}
