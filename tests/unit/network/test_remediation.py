"""One case is one folder: what runs, what is intended, and the lines that must be sent. No Python to add one."""

from pathlib import Path

import pytest

from roles.network.platforms import PLATFORMS
from roles.network.remediation import remediation

CASES = Path(__file__).parent / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/*/running.txt"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(CASES)))
def test_case(folder: Path) -> None:
    running, intended, expected = ((folder / f"{n}.txt").read_text() for n in ("running", "intended", "remediation"))
    found = remediation(PLATFORMS[folder.parent.name], running, intended)
    assert [line.strip() for line in found.lines] == [line.strip() for line in expected.splitlines()]


def test_what_is_not_ours_is_reported_without_what_may_be_secret() -> None:
    folder = CASES / "cisco_ios" / "what-is-not-ours-stays"
    found = remediation(
        PLATFORMS["cisco_ios"], (folder / "running.txt").read_text(), (folder / "intended.txt").read_text()
    )
    assert found.unmanaged == (
        "enable secret …",
        "username netadmin …",
        "interface GigabitEthernet1/0/1: storm-control broadcast …",
        "interface GigabitEthernet1/0/7: description reserved …",
        "interface GigabitEthernet1/0/7: switchport access …",
        "logging host …",
        "snmp-server community …",
        "line vty 0 4: transport input …",
    )


def test_a_template_may_not_print_what_nobody_owns() -> None:
    with pytest.raises(ValueError, match="a line that nobody owns: interface Vlan99: mtu 9000"):
        remediation(PLATFORMS["cisco_ios"], "", "interface Vlan99\n mtu 9000\n")
