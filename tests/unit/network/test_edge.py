"""An edge router that is a Cisco device: from the inventory to a router that does what it must, over SSH."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from inventory.hosts import groups, ssh_config
from inventory.model import Administration
from inventory.secrets import Secret, wanted
from roles.dhcp.config import dhcp_config
from roles.lab.topology import NotPlayedError, topology
from roles.network.change import Target
from roles.network.connection import Device
from roles.network.drawing import drawing
from roles.network.history import History, Why
from roles.network.offline import from_history
from roles.network.plan import plan
from roles.network.run import CHANGES, ERROR, OK, run
from roles.network.scrub import scrubbed
from roles.network.waves import order_of
from roles.router.config import router_config
from roles.uplinks.device import device
from roles.uplinks.intent import intent
from tests.edge import NAME, SECOND, PlayedRouter, administration, cores, key, target, target_of
from tests.played import PlayedSwitch

MINUTE = 0.4  # seconds
ARCHIVE = "archive\n path bootflash:before-change\n maximum 5\n!\n"  # what the guard needs stays


@pytest.fixture
def router(tmp_path: Path) -> Iterator[PlayedRouter]:
    with PlayedRouter(tmp_path, MINUTE) as played:
        yield played


@pytest.fixture
def intended(tmp_path: Path) -> Target:
    return replace(target(tmp_path), patience=0.0)


def went(router: PlayedRouter, wanted: Target, **options: Any) -> int:
    """A whole run of `deploys.uplinks`, but for its command line: the exit code."""
    reach = Device(
        name=NAME,
        platform=wanted.platform,
        ssh_config=router.ssh_config,
        known_hosts=router.known_hosts,
        identity=router.identity,
        password=Secret(PlayedSwitch.PASSWORD),
        patience=2.0,
    )
    return run({NAME: wanted}, {NAME: reach}, **options)


def test_a_new_router_becomes_what_is_intended(
    router: PlayedRouter, intended: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    history = History(router.folder / "history", Why("test"))
    assert went(router, intended, only_plan=True) == CHANGES
    planned = capsys.readouterr().out
    assert "neighbor 10.255.1.9 password ***  " in planned
    assert "# the key of the session (MD5)" in planned
    assert "bgp-resina" not in planned
    assert re.search(r"snmp-server user supervision-\w+ \*\*\*", planned)
    assert "snmp-privacy" not in planned
    assert router.config.startswith("hostname Router\n")  # nothing was sent

    assert went(router, intended, history=history) == OK
    assert "lines sent, verified, saved" in capsys.readouterr().out
    (user,) = router.switch.config.users.values()  # saved, and shown nowhere
    assert router.switch.saved == f"{router.config}\n{user}\nend\n"
    assert router.switch.pending is None
    assert went(router, intended, expect_no_changes=True) == OK
    assert f"{NAME}: 0 changed" in capsys.readouterr().out

    kept = (history.content(history.head(), [NAME])[NAME] or b"").decode()
    assert "neighbor 10.255.1.9 password 7 ***" in kept
    assert "bgp-resina" not in kept
    assert from_history({NAME: intended}, history)[NAME][0].result.lines == ()


def test_drift_is_found_and_mended(router: PlayedRouter, intended: Target, capsys: pytest.CaptureFixture[str]) -> None:
    assert went(router, intended) == OK
    session = router.switch.personality.session(router.switch)
    for line in (
        "configure terminal",
        "router bgp 65111",
        "neighbor 10.255.1.9 password somebody-elses",
        "address-family ipv4",
        "no neighbor 10.255.1.13 prefix-list RESINA-OUT out",
        "interface gi0/0/2.30",
        "no zone-member security LAN-guests",
        "ip helper-address 10.9.9.9",
    ):
        assert not session.feed(line).startswith("%")
    capsys.readouterr()
    assert went(router, intended, only_plan=True) == CHANGES
    lines = [re.split(r" *# ", line)[0].strip() for line in capsys.readouterr().out.splitlines()]
    assert "neighbor 10.255.1.9 password ***" in lines
    assert "neighbor 10.255.1.13 prefix-list RESINA-OUT out" in lines
    assert "zone-member security LAN-guests" in lines
    assert "interface GigabitEthernet0/0/2.30: ip helper-address …" in lines
    assert "somebody-elses" not in " ".join(lines)
    assert went(router, intended) == OK
    assert went(router, intended, expect_no_changes=True) == OK


def test_a_core_that_does_not_answer_undoes_the_change(
    router: PlayedRouter, intended: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    before = router.config
    router.switch.plane = cores(IPv4Network("10.10.10.0/24"))  # no default route
    assert went(router, intended) == ERROR
    said = capsys.readouterr().out
    assert "0.0.0.0/0 is not received from resina1" in said
    assert "the device is as it was before; nothing was saved" in said
    assert router.config.replace(ARCHIVE, "") == before


def test_what_is_wrong_is_said(router: PlayedRouter, intended: Target, capsys: pytest.CaptureFixture[str]) -> None:
    assert went(router, intended) == OK
    plane = cores()
    del plane.cores[SECOND]
    router.switch.plane = plane
    capsys.readouterr()
    assert went(router, intended) == ERROR
    assert "BGP session with resina2 (10.255.1.13) is Idle" in capsys.readouterr().out


def test_a_plan_that_would_cut_us_off_is_refused(
    router: PlayedRouter, intended: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    assert went(router, intended) == OK
    before = router.config
    lines = [line for line in intended.intended.splitlines(keepends=True) if "activate" not in line]
    capsys.readouterr()
    assert went(router, replace(intended, intended="".join(lines))) == ERROR
    assert "refused, and nothing was sent: it would cut the management path" in capsys.readouterr().out
    assert router.config == before


def test_it_is_a_device_and_no_debian_host(tmp_path: Path) -> None:
    everything = administration(tmp_path)
    assert NAME not in everything.machines
    assert NAME not in [name for hosts in groups(everything).values() for name, _ in hosts]
    assert f"Host {NAME}\n    HostName {NAME}\n    User netadmin\n" in ssh_config(everything)
    assert wanted(everything)[f"device-{NAME}"].keys() == {
        *("password", "enable", "bgp/resina1", "bgp/resina2"),
        *("snmp/authentication", "snmp/privacy"),
    }


def test_what_it_needs_beyond_its_routing(tmp_path: Path) -> None:
    everything = administration(tmp_path)
    found = device(everything, everything.routers[NAME], key)
    assert [(lan.name, lan.interface, lan.outward, lan.mark) for lan in found.lans] == [
        ("users", "GigabitEthernet0/0/2.10", True, None),
        ("voice", "GigabitEthernet0/0/2.20", True, "ef"),
        ("guests", "GigabitEthernet0/0/2.30", False, None),
        ("printers", "GigabitEthernet0/0/2.40", True, None),
        ("management", "GigabitEthernet0/0/2.99", True, None),
    ]
    assert [str(address) for lan in found.lans for address in lan.switches] == [
        "10.30.12.11",
        "10.30.12.12",
        "10.30.12.13",
    ]
    users = found.lans[0]
    assert [(str(low), str(high)) for low, high in users.kept] == [("10.30.0.1", "10.30.0.99")]
    assert found.stays == "GigabitEthernet0/0/2.99"
    assert [(each.application, str(each.address), each.mark) for each in found.marked] == [
        ("e-cm", "10.10.10.14", "af31")
    ]


def test_dhcp_gives_what_kea_gives(tmp_path: Path) -> None:
    everything = administration(tmp_path)
    kea = dhcp_config(with_frr(everything), with_frr(everything).machines[NAME])
    text = target_of(everything).intended
    pools = re.findall(r"^ip dhcp pool ([a-z]\S*)\n network (\S+) \S+\n default-router (\S+)\n", text, re.MULTILINE)
    assert pools == [(each.name, str(each.prefix.network_address), str(each.gateway)) for each in kea.subnets]
    for each in kea.subnets:
        given = text.split(f"ip dhcp pool {each.name}\n")[1].split("\nip dhcp pool")[0].split("\nclass-map")[0]
        assert ("dns-server" in given, "option 42" in given, "domain-name" in given) == (each.reaches_resina,) * 3
        assert (" lease 0 4" in given) == (each.seconds == 4 * 3600)
        assert f"ip dhcp excluded-address {each.prefix[1]} {each.first - 1}\n" in text


def test_history_has_no_key_and_drifts_from_nothing(intended: Target) -> None:
    # not-a-secret: an example of everybody's
    hidden = intended.intended.replace("password device-edge11-bgp-resina1", "password 7 0822455D0A16")
    kept = scrubbed(hidden)
    assert "0822455D0A16" not in kept
    assert plan(intended.platform, kept, scrubbed(intended.intended)).lines == ()


def test_the_lab_says_that_it_does_not_play_it(tmp_path: Path) -> None:
    with pytest.raises(NotPlayedError, match="no edge router but FRR's: edge11"):
        topology(administration(tmp_path))


def test_it_means_what_a_debian_router_means(tmp_path: Path) -> None:
    """Who crosses it and what is marked, held against what roles/router says of the same building with FRR."""
    everything = administration(tmp_path)
    text = target_of(everything).intended
    site = everything.routers[NAME].site
    debian = router_config(with_frr(everything), with_frr(everything).machines[NAME])
    vlans = {name: network.vlan for name, network in site.networks.items()}
    pairs = re.findall(r"^zone-pair security \S+ source (\S+) destination (\S+)$", text, re.MULTILINE)
    outward = {vlans[one.removeprefix("LAN-")] for one, other in pairs if other == "RESINA"}
    assert outward == set(debian.outward_vlans)
    assert {other for one, other in pairs if one == "RESINA"} == {"LAN-management"}
    assert len(pairs) == len(outward) + 1
    ssh = re.findall(r"^ permit tcp host (\S+) host (\S+) eq 22$", text, re.MULTILINE)
    assert set(ssh) == {(str(b), str(s)) for b in debian.bastions for s in debian.switch_addresses}
    pinged = re.findall(r"^ permit icmp host (\S+) host (\S+) echo$", text, re.MULTILINE)
    assert pinged == ssh
    asked = re.findall(r"^ permit udp host (\S+) host (\S+) eq snmp$", text, re.MULTILINE)
    assert set(asked) == {(str(r), str(s)) for r in debian.readers for s in debian.switch_addresses}
    marks = dict(re.findall(r"^policy-map (MARK-\S+)\n class class-default\n  set dscp (\S+)$", text, re.MULTILINE))
    policies = re.findall(r"dot1Q (\d+)\n(?: .*\n)*? service-policy input (\S+)$", text, re.MULTILINE)
    assert {(int(vlan), marks[name]) for vlan, name in policies if name in marks} == set(debian.marked_vlans)
    assert {int(vlan) for vlan, _ in policies} == set(debian.vlans)
    applications = re.findall(r"^ class (MARK-\S+)\n  set dscp (\S+)$", text, re.MULTILINE)
    served = dict(re.findall(r"^ip access-list extended (MARK-\S+)\n permit tcp any host (\S+) eq 443$", text, re.M))
    assert {(served[name], mark) for name, mark in applications} == {(str(a), m) for a, m in debian.marked_servers}
    assert "class class-default\n  set dscp default\n" in text


def test_it_routes_what_frr_routes(tmp_path: Path) -> None:
    everything = administration(tmp_path)
    ours, theirs = (intent(each, each.routers[NAME], key) for each in (everything, with_frr(everything)))
    assert replace(ours, interfaces=()) == replace(theirs, interfaces=())
    assert [each.address for each in ours.interfaces] == [each.address for each in theirs.interfaces]
    here, there = (
        {line for line in target_of(each).intended.splitlines() if line.startswith("ip prefix-list")}
        for each in (everything, with_frr(everything))
    )
    assert {line.replace("0.0.0.0/0 le 32", "any") for line in here} == there


def with_frr(everything: Administration) -> Administration:
    """The same, with FRR in its place."""
    site = everything.routers[NAME].site
    entry = site.routers[NAME].model_copy(update={"platform": "frr", "model": None})
    changed = site.model_copy(update={"routers": {NAME: entry}})
    return replace(everything, sites=everything.sites | {site.site: changed})


def test_a_session_that_is_lost_is_undone_by_the_router(router: PlayedRouter, intended: Target) -> None:
    before = router.config
    router.switch.faults.lost_at = "zone-member security RESINA"
    assert went(router, intended) == ERROR
    deadline = time.monotonic() + 10
    while router.switch.pending and time.monotonic() < deadline:
        time.sleep(0.05)
    assert router.config.replace(ARCHIVE, "") == before
    assert router.switch.saved == f"{before}\nend\n"


def test_it_takes_part_like_every_device(tmp_path: Path) -> None:
    everything = administration(tmp_path)
    assert str(everything.addresses[NAME]) == "10.255.1.10"  # its name in DNS
    assert "cisco_ios · AS 65111" in drawing(everything, None)
    assert "sw11" in order_of(everything).apart[NAME]  # never at once with the switch behind it
