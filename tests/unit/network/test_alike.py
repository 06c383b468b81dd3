"""What two configurations have in common is set aside before they are compared: nobody may see that it was."""

from itertools import islice
from pathlib import Path

import pytest

from roles.network import remediation as module
from roles.network.alike import apart
from roles.network.cisco_ios import CISCO_IOS
from roles.network.platforms import PLATFORMS
from roles.network.remediation import remediation

CASES = Path(__file__).parent / "cases"
ACCESS = "interface GigabitEthernet1/0/1\n description a\n switchport access vlan 10\n"
OTHER = "interface GigabitEthernet1/0/2\n description b\n"


@pytest.mark.parametrize("name", [name for name in PLATFORMS if (CASES / name).exists()])
def test_any_two_configurations_of_the_cases(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = PLATFORMS[name]
    folders = sorted(path.parent for path in (CASES / name).glob("*/intended.txt"))
    texts = {file: [(folder / f"{file}.txt").read_text() for folder in folders] for file in ("running", "intended")}

    def found(running: str, intended: str):
        try:
            said = remediation(platform, running, intended)
        except ValueError as error:
            return str(error)
        return tuple(said.delta.dump_simple()), said.before, said.after, said.unmanaged

    pairs = [
        (running, intended)
        for number, running in enumerate(texts["running"])
        for intended in islice(texts["intended"] * 2, number, number + 4)
    ]
    assert len(pairs) >= 20
    with_parts_set_aside = [found(*pair) for pair in pairs]
    monkeypatch.setattr(module, "apart", lambda _kind, one, other, _but: ({}, one, other))
    assert with_parts_set_aside == [found(*pair) for pair in pairs]


def test_a_section_that_both_have_is_read_once_and_left_out() -> None:
    common, one, other = apart(CISCO_IOS.driver, f"hostname a\n{ACCESS}{OTHER}", f"hostname b\n{ACCESS}")
    assert common == {"interface GigabitEthernet1/0/1": ("description a", "switchport access vlan 10")}
    assert one.split("\n") == ["hostname a", *OTHER.splitlines(), ""]
    assert other == "hostname b\n"


def test_a_line_that_stands_alone_is_a_section_too() -> None:
    common, one, other = apart(CISCO_IOS.driver, "vtp mode off\nhostname a\n", "hostname b\nvtp mode off\n")
    assert (common, one, other) == ({"vtp mode off": ()}, "hostname a\n", "hostname b\n")


@pytest.mark.parametrize(
    ("platform", "line"),
    [
        pytest.param("huawei_vrp", "vlan batch 10", id="a list of one"),
        pytest.param("hp_procurve", "spanning-tree 1 root-guard", id="of a port"),
        pytest.param("cisco_ios", "banner login ^CCome in^C", id="a banner"),
    ],
)
def test_a_line_that_means_another_stays(platform: str, line: str) -> None:
    driver = PLATFORMS[platform].driver
    assert apart(driver, f"{line}\n", f"{line}\n") == ({}, f"{line}\n", f"{line}\n")


@pytest.mark.parametrize("line", ["!", "version 15.2", "end"])
def test_a_line_that_says_nothing_is_left_out(line: str) -> None:
    assert apart(CISCO_IOS.driver, f"{line}\nhostname a\n{line}\n", "hostname b\n") == (
        {},
        "hostname a\n",
        "hostname b\n",
    )


@pytest.mark.parametrize(
    ("platform", "elsewhere", "section"),
    [
        pytest.param("huawei_vrp", "vlan batch 10 20", "vlan 10\n description a\n", id="VLANs"),
        pytest.param("hp_procurve", "spanning-tree 1-4 root-guard", 'interface 1\n name "a"\n', id="ports"),
        pytest.param("hp_procurve", "dhcp-snooping vlan 10 20", "dhcp-snooping vlan 10\n", id="watched"),
    ],
)
def test_a_section_of_which_lines_elsewhere_speak_is_compared(platform: str, elsewhere: str, section: str) -> None:
    running, intended = f"{section}{elsewhere}\n", f"{elsewhere}\n{section}"
    found = remediation(PLATFORMS[platform], running, intended)
    assert not found.delta.children
    assert found.before == found.after
    assert section.splitlines()[0] in found.before


@pytest.mark.parametrize("mark", ["^C", "~"])
def test_a_banner_that_ends_on_its_own_line_hides_no_section(mark: str) -> None:
    text = f"banner login {mark}Come in{mark}\n{ACCESS}"
    common, one, _ = apart(CISCO_IOS.driver, text, text)
    assert "interface GigabitEthernet1/0/1" in common
    assert ACCESS not in one


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{ACCESS}{OTHER}{ACCESS}", id="opened twice"),
        pytest.param(f"banner login ^C\n{ACCESS}^C\n", id="the text of a banner"),
        pytest.param("! a comment\n with an indented line\n", id="a comment"),
    ],
)
def test_what_is_not_plainly_a_section_stays(text: str) -> None:
    common, one, other = apart(CISCO_IOS.driver, text, text)
    assert "interface GigabitEthernet1/0/1" not in common
    assert ACCESS not in text or (ACCESS in one and ACCESS in other)
    assert len(common) == text.count(OTHER)
