"""One case is one folder of text files: what runs, what is intended, and the plan. No Python to add one.

`plan.txt` has the lines, in order, each with its reason after `#` where that is part of the case. Instead of it
`refused.txt` has why the change must not be made. `mac-address-table.txt`, if any, is what that show command prints.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from inventory.model import load
from roles import lan
from roles.network.plan import Plan, below_heading, plan
from roles.network.platform import Owned, Platform
from roles.network.platforms import PLATFORMS
from roles.network.shown import Host
from roles.played.switch.files.switch.procurve.personality import PROCURVE
from tests.made_up import secret_of

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/*/running.txt"))


def hosts_in(platform: Platform, table: str) -> list[Host]:
    assert platform.switch is not None
    return platform.switch.hosts(table)


def planned(folder: Path) -> Plan:
    platform = PLATFORMS[folder.parent.name]
    table = folder / "mac-address-table.txt"
    hosts = hosts_in(platform, table.read_text()) if table.exists() else []
    running, intended = ((folder / f"{name}.txt").read_text() for name in ("running", "intended"))
    return plan(platform, running, intended, lambda: hosts)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(CASES)))
def test_case(folder: Path) -> None:
    found = planned(folder)
    if (refused := folder / "refused.txt").exists():
        assert found.refused == refused.read_text().strip()
        return
    assert found.refused is None
    expected = [re.split(r"\s+# ", line) for line in (folder / "plan.txt").read_text().splitlines()]
    assert [line.strip() for line in found.texts] == [line[0].strip() for line in expected]
    for why, line in zip(found.why, expected, strict=True):
        assert line[1:] in ([], [why])


def test_each_line_has_a_reason() -> None:
    lines = [line for folder in FOLDERS for line in planned(folder).lines]
    assert len(lines) > 50
    assert [line for line in lines if not line.why] == []


def test_what_is_not_ours_is_reported_without_what_may_be_secret() -> None:
    assert planned(CASES / "cisco_ios" / "what-is-not-ours-stays").unmanaged == (
        "enable secret …",
        "username netadmin …",
        "interface GigabitEthernet1/0/1: spanning-tree cost …",
        "interface GigabitEthernet1/0/7: description reserved …",
        "interface GigabitEthernet1/0/7: switchport access …",
        "logging host …",
        "snmp-server host …",
        "line vty 0 4: transport input …",
    )


def test_a_template_may_not_print_what_nobody_owns() -> None:
    with pytest.raises(ValueError, match="a line that nobody owns: interface Vlan99: mtu 9000"):
        plan(PLATFORMS["cisco_ios"], "", "interface Vlan99\n mtu 9000\n")


@pytest.mark.parametrize(
    ("users", "refused"),
    [
        ("username other secret x\n", None),
        ("", "it would remove the last local user; name one that stays"),
    ],
)
def test_the_last_local_user_stays(users: str, refused: str | None) -> None:
    # No intention names users yet: this is the guard of the one that will.
    ios = PLATFORMS["cisco_ios"]
    owner = replace(ios, owned=(*ios.owned, Owned(r"username .*", removed=True)))
    found = plan(owner, "username netadmin secret y\n", users)
    assert found.texts[-1].startswith("no username netadmin")
    assert found.refused == refused


def test_a_gateway_of_ours_leaves_with_its_vlan() -> None:
    folder = CASES / "cisco_ios/vlan-with-live-hosts"
    platform = PLATFORMS["cisco_ios"]
    texts = [(folder / name).read_text() for name in ("running.txt", "intended.txt")]
    learned = hosts_in(platform, (folder / "mac-address-table.txt").read_text())
    assert "hosts live in it" in str(plan(platform, *texts, lambda: learned).refused)
    routers = [replace(host, ours=True) for host in learned]
    assert plan(platform, *texts, lambda: routers).refused is None


def test_an_address_from_dhcp_is_no_way_in_for_who_comes_over_the_console() -> None:
    factory, intended = PROCURVE.factory().render(), lan.targets(load("lab"), secret_of)["sw31"].intended
    platform, desk = PLATFORMS["hp_procurve"], [Host(1, "02:00:00:00:00:01", "1")]
    lost = "it would cut the management path: 1 carries it (VLAN 1) and would no longer"
    assert plan(platform, factory, intended, lambda: desk).refused == lost
    over = plan(platform, factory, intended, lambda: desk, console=True)
    assert (over.refused, over.first) == (None, True)


def test_what_is_saved_reads_as_what_runs() -> None:
    """Cisco IOS puts another heading above each: neither is a part of the configuration."""
    platform = PLATFORMS["cisco_ios"]
    body = "hostname sw1\n!\nvlan 10\n name users\n!\nend\n"
    runs = f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n!\n! Last change: 10:00\n{body}"
    saved = f"Using {len(body)} out of 65536 bytes\n!\n{body}"
    assert {below_heading(platform, text) for text in (runs, saved, body)} == {body}
    assert plan(platform, runs, "hostname sw1\n").shown == plan(platform, body, "hostname sw1\n").shown
    assert below_heading(platform, "  hostname sw1\n") == "  hostname sw1\n"
