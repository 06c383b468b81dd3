"""Any pair of configurations: the plan, typed line by line, ends at the intention, and the switch stays within reach.

The switch is the lab's, without Open vSwitch. Its management path is a model in the switch, not in the planner.
"""

from dataclasses import dataclass, replace
from ipaddress import IPv4Interface
from pathlib import Path

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from roles.network.cisco_ios import CISCO_IOS
from roles.network.lockout import Host
from roles.network.plan import Plan, plan
from roles.network.planner import Part
from roles.played.switch.files.switch.ios.cli import Session
from roles.played.switch.files.switch.ios.config import Config
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.machine import Switch
from roles.played.switch.files.switch.management import reached
from tests.played import Plane

EXAMPLES = 250  # some 15 seconds; raise it to look for more (thousands were run)
FOREIGN = {"ntp server 10.1.1.1", "snmp-server location cave", "lldp run"}  # nobody intends it, and it stays
NUMBERS = (10, 20, 30)  # VLANs of users
MANAGEMENT = {98: "10.20.98.", 99: "10.20.99.", 97: "10.20.99."}  # 97 and 99 have the same network
DOOR = "GigabitEthernet1/0/24"
OTHERS = ("GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet1/0/23")


@dataclass(frozen=True)
class Wish:
    """One configuration, as the inventory or a person would make it."""

    text: str
    management: int
    address: str
    carried: frozenset[int]
    vlans: frozenset[int]


def ports(vlans: list[int]) -> st.SearchStrategy[str]:
    lists = st.lists(st.sampled_from(vlans), min_size=1, unique=True).map(lambda some: ",".join(map(str, sorted(some))))
    access = st.builds(
        " description {}\n switchport access vlan {}\n switchport mode access\n{}".format,
        st.sampled_from(["ws1", "ws2"]),
        st.sampled_from(vlans),
        st.sampled_from(["", " spanning-tree portfast\n", " shutdown\n"]),
    )
    trunk = st.builds(
        " switchport trunk allowed vlan {}\n switchport mode trunk\n{}".format,
        lists,
        st.sampled_from(["", " switchport nonegotiate\n", " switchport trunk native vlan 10\n"]),
    )
    return st.one_of(access, trunk)


@st.composite
def wishes(draw: st.DrawFn, bare: bool = False) -> Wish:
    """`bare`: as found in the field, so a trunk may carry every VLAN and a port may have no line at all."""
    users = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True))
    management = draw(st.sampled_from(list(MANAGEMENT)))
    extra = draw(st.lists(st.sampled_from(list(MANAGEMENT)), max_size=2, unique=True))
    vlans = sorted({*users, management, *extra})
    address = MANAGEMENT[management] + draw(st.sampled_from(["11", "12"]))
    carried = draw(st.lists(st.sampled_from(vlans), unique=True).map(lambda some: frozenset({*some, management})))
    door = draw(st.sampled_from(["list", "access", "all"] if bare else ["list", "list", "access"]))
    lines = [f"hostname {draw(st.sampled_from(['sw1', 'sw2']))}", "archive", " path flash:before"]
    for vlan in vlans:
        lines += [f"vlan {vlan}", f" name {draw(st.sampled_from(['some', 'other']))}{vlan}"]
    for port in OTHERS:
        if not bare or draw(st.booleans()):
            lines += [f"interface {port}", draw(ports(vlans)).rstrip("\n")]
    lines.append(f"interface {DOOR}")
    if door == "access":
        lines += [f" switchport access vlan {management}", " switchport mode access"]
    else:
        allowed = [f" switchport trunk allowed vlan {','.join(map(str, sorted(carried)))}"] if door == "list" else []
        lines += [*allowed, " switchport mode trunk"]
    lines += [f"interface Vlan{management}", f" ip address {address} 255.255.255.0"]
    if bare and management == 98 and draw(st.booleans()):  # left by somebody, in the way of the address to come
        lines += [f"interface Vlan{draw(st.sampled_from(vlans[:1]))}", " ip address 10.20.99.7 255.255.255.0"]
    lines.append(f"ip default-gateway {MANAGEMENT[management]}{draw(st.sampled_from(['1', '254']))}")
    lines += ["line vty 0 4", f" transport input {draw(st.sampled_from(['ssh', 'telnet ssh']))}"]
    return Wish("\n".join(lines), management, address, carried, frozenset(vlans))


def switched(folder: Path, text: str) -> Session:
    session = Session(Switch(Plane(), folder / "startup-config", IOS))
    session.feed("configure terminal")
    for line in text.splitlines():
        assert not refused(answer := session.feed(line.strip())), (line, answer)
    session.end()
    return session


def refused(answer: str) -> bool:
    return any(line.startswith(("%", "Command rejected")) for line in answer.splitlines()) and "Warning" not in answer


def found(session: Session, wish: Wish, hosts: list[Host]) -> Plan:
    return plan(CISCO_IOS, session.feed("show running-config"), wish.text, lambda: hosts)


def typed(session: Session, planned: Plan, before: Wish, after: Wish) -> None:
    """Type a plan; after each line one of the two addresses answers, but within the one write that moves it."""
    session.feed("configure terminal")
    for number, line in enumerate(planned.lines):
        answer = session.feed(line.text.strip())
        assert not refused(answer), (line, answer)
        following = planned.lines[number + 1 :][:1]
        within = line.part is Part.MOVE and following and following[0].part is Part.MOVE
        answers = reached(session.switch.config, DOOR)
        assert within or answers & {before.address, after.address}, (line, answers)
        if line.part > Part.MOVE:
            assert after.address in answers, line
    session.end()


def settings_of(config: Config, header: str) -> set[str]:
    return set(config.sections.get(header, {}).values())


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate, Phase.shrink],
)
@given(before=wishes(bare=True), after=wishes(), behind=st.sets(st.sampled_from(NUMBERS), max_size=1))
def test_any_plan_ends_at_the_intention_and_never_loses_the_switch(
    tmp_path: Path, before: Wish, after: Wish, behind: set[int]
) -> None:
    session = switched(tmp_path, "\n".join([before.text, *FOREIGN, "line vty 5 15", "exec-timeout 5 0"]))
    assert before.address in reached(session.switch.config, DOOR)
    hosts = [gateway(before), *(Host(vlan, "0200.0a14.0a15", DOOR) for vlan in behind & before.vlans)]
    wanted, planned = after, found(session, after, hosts)
    if planned.refused and (left_behind := {host.vlan for host in hosts} - after.vlans):
        event("refused: hosts live in a VLAN that goes")
        wanted = replace(after, text=after.text + "".join(f"\nvlan {vlan}" for vlan in left_behind))
        planned = found(session, wanted, hosts)  # the documented way: it goes once they have gone
    if planned.refused:
        event("refused: the port cannot carry both VLANs")
        assert cannot_move(before, after), planned.refused
        return
    event(f"the address moves in one write: {planned.part(Part.MOVE) != ()}")
    typed(session, planned, before, after)
    if wanted is not after:
        planned = found(session, after, [gateway(after)])
        assert planned.refused is None
        typed(session, planned, after, after)

    running, ideal = session.switch.config, switched(tmp_path, after.text).switch.config
    assert found(session, after, [gateway(after)]).lines == ()
    assert running.vlans == ideal.vlans
    assert running.addresses == ideal.addresses
    assert running.default_gateway == ideal.default_gateway
    for header in ("", "line vty 0 4", *(f"interface {port}" for port in (*OTHERS, DOOR))):
        assert settings_of(running, header) - FOREIGN == settings_of(ideal, header), header
    assert settings_of(running, "") >= FOREIGN
    assert settings_of(running, "line vty 5 15") == {"exec-timeout 5 0"}


def gateway(wish: Wish) -> Host:
    """What the switch learns of us: our session comes from there."""
    return Host(wish.management, "0000.5e00.0101", DOOR)


def cannot_move(before: Wish, after: Wish) -> bool:
    """Whether the port never carries both management VLANs: it is an access port before or after the move."""
    access = f"interface {DOOR}\n switchport access"
    return before.management != after.management and (access in before.text or access in after.text)


def test_the_model_of_the_management_path(tmp_path: Path) -> None:
    session = switched(
        tmp_path,
        "vlan 99\ninterface GigabitEthernet1/0/24\nswitchport trunk allowed vlan 10,99\nswitchport mode trunk\n"
        "interface vlan 99\nip address 10.20.99.11 255.255.255.0\nip default-gateway 10.20.99.1",
    )
    cuts = (
        "no vlan 99",
        "no interface vlan 99",
        "no ip default-gateway",
        "ip default-gateway 10.20.98.1",
        "interface vlan 99\nshutdown",
        "interface vlan 99\nip address 10.20.99.12 255.255.255.0",
        "interface GigabitEthernet1/0/24\nshutdown",
        "interface GigabitEthernet1/0/24\nswitchport trunk allowed vlan remove 99",
        "interface GigabitEthernet1/0/24\nswitchport mode access",
    )
    assert reached(session.switch.config, DOOR) == {"10.20.99.11"}
    assert IPv4Interface("10.20.99.11/24") == IPv4Interface(session.switch.config.addresses[99][0] or "")
    text = session.switch.config.render()
    for cut in cuts:
        other = switched(tmp_path, f"{text}\n{cut}")
        assert "10.20.99.11" not in reached(other.switch.config, DOOR), cut
