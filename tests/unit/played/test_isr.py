"""The played ISR takes what IOS XE takes, refuses what it refuses, and prints what ntc-templates reads."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from netutils.password import decrypt_type7

from roles.network.tables import rows
from roles.played.switch.files.switch.isr.cli import Session
from roles.played.switch.files.switch.isr.cores import Cabled, Core
from roles.played.switch.files.switch.isr.personality import ROUTER
from roles.played.switch.files.switch.machine import Switch
from tests.played import typed

CORE = IPv4Address("10.255.1.1")
BGP = """
configure terminal
interface gi0/0/0
ip address 10.255.1.2 255.255.255.252
bfd interval 50 min_rx 50 multiplier 3
no shutdown
interface gi0/0/2
no shutdown
interface gi0/0/2.10
encapsulation dot1q 10
ip address 10.20.10.1 255.255.255.0
router bgp 65101
neighbor 10.255.1.1 remote-as 65000
neighbor 10.255.1.1 password the-key
neighbor 10.255.1.1 fall-over bfd
network 10.20.10.0 mask 255.255.255.0
end
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    plane = Cabled(Core(CORE, 65000, frozenset({"the-key"}), (IPv4Network("0.0.0.0/0"), IPv4Network("10.10.10.0/24"))))
    return ROUTER.session(Switch(plane, tmp_path / "startup-config", ROUTER))


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ("interface gi0/0/3", "% Invalid input detected"),
        ("no interface gi0/0/0", "% Removal of physical interfaces is not permitted"),
        ("interface gi0/0/2.10\nip address 10.1.1.1 255.255.255.0", "% Configuring IP routing on a LAN subinterface"),
        (
            "interface gi0/0/2.10\nencapsulation dot1q 10\ninterface gi0/0/2.11\nencapsulation dot1Q 10",
            "%Configuration of multiple subinterfaces of the same main interface with the same VID (10)",
        ),
        (
            "interface gi0/0/0\nno shutdown\nip address 10.1.1.1 255.255.255.0\ninterface gi0/0/1\n"
            "ip address 10.1.1.2 255.255.255.0",
            "% 10.1.1.0 overlaps with GigabitEthernet0/0/0",
        ),
        ("interface gi0/0/0\nip address 10.1.1.1 255.0.255.0", "Bad mask 255.0.255.0"),
        ("router bgp 65101\nrouter bgp 65102", "BGP is already running; AS is 65101"),
        ("router bgp 65101\nneighbor 10.1.1.1 activate", "% Specify remote-as or peer-group commands first"),
        (
            "ip prefix-list A seq 5 permit 10.0.0.0/8\nip prefix-list A seq 5 deny 10.0.0.0/8",
            "% Insertion failed - seq # exists: 5 permit 10.0.0.0/8",
        ),
        ("policy-map P\nclass C", "% class map C not configured"),
        ("class-map match-any C\npolicy-map P\nclass C\nno class-map match-any C", "% Class-map C is being used"),
        ("interface gi0/0/0\nzone-member security Z", "% Zone Z is not configured"),
        ("zone security Z\ninterface gi0/0/0\nzone-member security Z\nexit\nno zone security Z", "% Zone Z is in use"),
        ("interface gi0/0/0\nservice-policy input P", "% policy map P not configured"),
        ("aaa authentication login default local", "% Invalid input detected"),
    ],
)
def test_what_it_refuses(session: Session, lines: str, refused: str) -> None:
    session.feed("configure terminal")
    *first, last = lines.splitlines()
    for line in first:
        assert not ROUTER.refuses(session.feed(line)), line
    answer = session.feed(last)
    assert refused in answer
    assert ROUTER.refuses(answer)


def test_what_sounds_like_a_refusal_and_is_none(session: Session) -> None:
    typed(session, "configure terminal\nclass-map type inspect match-any C\nmatch access-group name A")
    typed(session, "policy-map type inspect P\nclass type inspect C")
    said = session.feed("inspect")
    assert said.startswith("%No specific protocol configured in class C for inspection.")
    typed(session, "interface gi0/0/2.10")
    gone = session.feed("no interface gi0/0/2.10")
    assert gone.startswith("% Not all config may be removed")
    assert not ROUTER.refuses(said)
    assert not ROUTER.refuses(gone)


def test_prompts(session: Session) -> None:
    prompts = []
    for line in (
        "conf t",
        "router bgp 65101",
        "address-family ipv4",
        "exit",
        "exit",
        "ip dhcp pool users",
        "int gi0/0/2.1",
    ):
        session.feed(line)
        prompts.append(session.prompt)
    assert prompts == [
        "Router(config)#",
        "Router(config-router)#",
        "Router(config-router-af)#",
        "Router(config-router)#",
        "Router(config)#",
        "Router(dhcp-config)#",
        "Router(config-subif)#",
    ]


def test_one_address_family_is_printed_flat(session: Session) -> None:
    typed(session, BGP)
    assert " network 10.20.10.0 mask 255.255.255.0\n" in session.switch.config.render()
    assert "address-family" not in session.switch.config.render()
    typed(session, "configure terminal\nrouter bgp 65101\nno bgp default ipv4-unicast\nend")
    assert (
        " address-family ipv4\n"
        "  neighbor 10.255.1.1 activate\n"
        "  network 10.20.10.0 mask 255.255.255.0\n"
        " exit-address-family\n"
    ) in session.switch.config.render()


def test_a_neighbour_without_its_as_is_gone(session: Session) -> None:
    typed(session, BGP + "configure terminal\nrouter bgp 65101\nno neighbor 10.255.1.1 remote-as 65000\nend")
    assert "neighbor 10.255.1.1" not in session.switch.config.render()


def test_keys_are_hidden_as_ios_hides_them(session: Session) -> None:
    typed(session, BGP + "configure terminal\nservice password-encryption\nend")
    line = next(line for line in session.switch.config.render().splitlines() if " password " in line)
    assert line.startswith(" neighbor 10.255.1.1 password 7 ")
    assert decrypt_type7(line.split()[-1]) == "the-key"


def test_what_it_saves_it_reads(session: Session) -> None:
    typed(session, BGP + "configure terminal\nip access-list extended A\npermit tcp any host 10.1.1.1 eq 22\nend")
    before = session.switch.config.render()
    assert " 10 permit tcp any host 10.1.1.1 eq 22\n" in before
    session.switch.save()
    session.switch.boot()
    assert session.switch.config.render() == before


def test_what_ntc_templates_reads(session: Session) -> None:
    typed(session, BGP)
    commands = ("show ip bgp summary", "show ip bgp", "show bfd neighbors details", "show ip bgp neighbors")
    summary, table, bfd, neighbors = (rows("cisco_ios", command, session.feed(command)) for command in commands)
    assert [(row["bgp_neighbor"], row["state_or_prefixes_received"]) for row in summary] == [("10.255.1.1", "2")]
    assert [(row["network"], row["next_hop"], row["path_selection"]) for row in table] == [
        ("0.0.0.0", "10.255.1.1", ">"),
        ("10.10.10.0/24", "10.255.1.1", ">"),
        ("10.20.10.0/24", "0.0.0.0", ">"),
    ]
    assert [(row["neighbor_addr"], row["state"], row["interface"]) for row in bfd] == [("10.255.1.1", "Up", "Gi0/0/0")]
    assert [(row["neighbor"], row["bgp_state"]) for row in neighbors] == [("10.255.1.1", "Established")]


@pytest.mark.parametrize("line", ["neighbor 10.255.1.1 password other", "neighbor 10.255.1.1 remote-as 65001"])
def test_a_session_that_does_not_come_up(session: Session, line: str) -> None:
    typed(session, BGP + f"configure terminal\nrouter bgp 65101\n{line}\nend")
    found = rows("cisco_ios", "show ip bgp summary", session.feed("show ip bgp summary"))
    assert [row["state_or_prefixes_received"] for row in found] == ["Idle"]


def test_what_is_saved_is_there_after_a_restart(session: Session) -> None:
    """Users of SNMP too, which no configuration shows."""
    user = "snmp-server user monitor READERS v3 auth sha one priv aes 128 two access A"
    typed(session, f"{BGP}configure terminal\n{user}\nend\nwrite")
    before = session.switch.config
    session.switch.restart()
    assert session.switch.config is not before
    assert (session.switch.config.render(), session.switch.config.users) == (before.render(), before.users)
    assert list(before.users) == ["monitor"]
