"""Cisco IOS: configurations as people and templates write them."""

from hypothesis import strategies as st

from roles.network.cisco_ios import CISCO_IOS
from roles.played.switch.files.switch.ios.personality import IOS as PERSONALITY
from tests.dialects import MANAGEMENT, NUMBERS, Dialect, Wish

DOOR = "GigabitEthernet1/0/24"
OTHERS = ("GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet1/0/23")


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
    return Wish("\n".join(lines), management, address, frozenset(vlans), access=door == "access")


IOS = Dialect(
    platform=CISCO_IOS,
    personality=PERSONALITY,
    door=DOOR,
    wishes=wishes,
    enter="configure terminal",
    foreign="ntp server 10.1.1.1\nsnmp-server location cave\nlldp run\nline vty 5 15\nexec-timeout 5 0",
    vlan="vlan {}".format,
)
