"""Huawei VRP: configurations as people and templates write them."""

from hypothesis import strategies as st

from roles.network.huawei_session import asked
from roles.network.huawei_vrp import HUAWEI_VRP
from roles.played.switch.files.switch.vrp.personality import VRP as PERSONALITY
from tests.dialects import MANAGEMENT, NUMBERS, Dialect, Wish

DOOR = "GigabitEthernet0/0/24"
OTHERS = ("GigabitEthernet0/0/1", "GigabitEthernet0/0/2", "GigabitEthernet0/0/23")
INSPECTED = "\n arp anti-attack check user-bind enable"  # refused where DHCP is not watched
LESS_GUARDED = """
 port-security enable
 storm-control broadcast min-rate 100 max-rate 200
 dhcp snooping check dhcp-rate enable"""
GUARDED = """
 stp edged-port enable
 stp root-protection
 dhcp snooping check dhcp-rate enable
 dhcp snooping check dhcp-rate 15
 arp anti-attack check user-bind enable
 storm-control broadcast min-rate 250 max-rate 500
 storm-control action error-down
 port-security enable
 port-security max-mac-num 3
 port-security aging-time 10 type inactivity
 undo lldp enable"""
WITHOUT_1 = " undo port trunk allow-pass vlan 1"


def trunk(vlans: list[int], with_1: bool) -> str:
    allowed = f" port trunk allow-pass vlan {' '.join(map(str, vlans))}"
    return "\n".join([" port link-type trunk", *([] if with_1 else [WITHOUT_1]), allowed])


def ports(vlans: list[int], marked: bool) -> st.SearchStrategy[str]:
    access = st.builds(
        " description {}\n port link-type access\n port default vlan {}{}{}".format,
        st.sampled_from(["ws1", "ws2"]),
        st.sampled_from(vlans),
        st.sampled_from(["", "\n stp edged-port enable", "\n shutdown", GUARDED, LESS_GUARDED]),
        st.sampled_from(["", "\n traffic-policy marks inbound"] if marked else [""]),
    )
    phones = st.builds(
        " port link-type hybrid\n port hybrid pvid vlan {0}\n undo port hybrid vlan 1\n port hybrid tagged vlan {1}\n"
        " port hybrid untagged vlan {0}\n voice-vlan {1} enable{2}".format,
        st.sampled_from(vlans),
        st.just(40),
        st.sampled_from(["", "\n shutdown", GUARDED]),
    )
    lists = st.lists(st.sampled_from(vlans), min_size=1, unique=True).map(sorted)
    trunks = st.builds("{}{}".format, st.builds(trunk, lists, st.booleans()), st.sampled_from(["", "\n shutdown"]))
    pvids = st.builds(
        "{}\n port trunk pvid vlan {}".format, st.builds(trunk, lists, st.just(False)), st.sampled_from(vlans)
    )
    return st.one_of(access, trunks, pvids, phones)


def snmp(draw: st.DrawFn, bare: bool) -> list[str]:
    """Communities and other versions are only found; who reads has another name once its secrets are others."""
    user, secret = draw(
        st.sampled_from([("supervision-1a1a1a", "first-secret"), ("supervision-2b2b2b", "other-secret")])
    )
    lines = [
        f"acl number 2097\n rule 5 permit source 10.1.1.{draw(st.integers(1, 2))} 0\n rule 1000 deny",
        "snmp-agent mib-view included supervision iso",
        "snmp-agent group v3 supervision privacy read-view supervision acl 2097",
        f"snmp-agent usm-user v3 {user} group supervision",
        f"snmp-agent usm-user v3 {user} authentication-mode sha cipher {secret}",
        f"snmp-agent usm-user v3 {user} privacy-mode aes128 cipher {secret}",
    ]
    return ["\n".join(lines), *(["snmp-agent community read cipher %^%#abc%^%#"] if bare else [])]


def marks(draw: st.DrawFn) -> list[str]:
    """What each VLAN is marked with: a policy, and what it refers to."""
    return [
        "traffic classifier marks-40 operator or\n if-match vlan-id 40",
        "traffic classifier marks-none operator or\n if-match any",
        f"traffic behavior marks-40\n remark dscp {draw(st.sampled_from(['ef', 'af41']))}",
        "traffic behavior marks-none\n remark dscp default",
        "traffic policy marks match-order config\n classifier marks-40 behavior marks-40\n"
        " classifier marks-none behavior marks-none",
    ]


@st.composite
def for_all(draw: st.DrawFn, bare: bool) -> list[str]:
    """What holds for the whole switch."""
    either = [
        f"stp instance 0 priority {draw(st.sampled_from([4096, 8192]))}",
        f"error-down auto-recovery cause bpdu-protection interval {draw(st.sampled_from([300, 600]))}",
        f"ntp-service unicast-server 10.1.1.{draw(st.integers(1, 3))}",
        f"info-center loghost 10.1.1.{draw(st.integers(1, 3))}",
        f"user-bind static ip-address 10.20.10.{draw(st.integers(21, 23))} vlan 10",
        f"acl number 2098\n rule 5 permit source 10.1.1.{draw(st.integers(1, 3))} 0",
    ]
    always = [  # nobody takes these away, one is only put in another's place
        f'header login information "{draw(st.sampled_from(["Bonjour", "Au revoir"]))}"',
        f"stp mode {draw(st.sampled_from(['rstp', 'mstp']))}",
        "undo http server enable",
        "undo telnet server enable",
        "stelnet server enable",
        "dhcp enable",
        "dhcp snooping enable",
        "snmp-agent",
        f"snmp-agent sys-info version {draw(st.sampled_from(['v3', 'v2c v3', 'v1 v2c'])) if bare else 'v3'}",
    ]
    either += snmp(draw, bare)
    return always + draw(st.lists(st.sampled_from(either), unique=True))


@st.composite
def wishes(draw: st.DrawFn, bare: bool = False) -> Wish:
    """`bare`: as found in the field, so a trunk may carry every VLAN, and a port may have no line at all."""
    users = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True))
    management = draw(st.sampled_from(list(MANAGEMENT)))
    extra = draw(st.lists(st.sampled_from(list(MANAGEMENT)), max_size=2, unique=True))
    vlans = sorted({*users, management, *extra})
    batch = sorted({*vlans, *draw(st.sampled_from([[40], []] if bare else [[40]]))})  # 40: telephones
    address = MANAGEMENT[management] + draw(st.sampled_from(["11", "12"]))
    carried = draw(st.lists(st.sampled_from(vlans), unique=True).map(lambda some: sorted({*some, management})))
    door = draw(st.sampled_from(["list", "access", "all"] if bare else ["list", "list", "access"]))
    lines = [f"sysname {draw(st.sampled_from(['sw1', 'sw2']))}", f"vlan batch {' '.join(map(str, batch))}"]
    hardened = not (bare and draw(st.booleans()))
    lines += (
        draw(for_all(bare)) if hardened else draw(st.sampled_from([[], ["telnet server enable", "http server enable"]]))
    )
    for vlan in vlans:
        if draw(st.booleans()) or not bare:
            lines += [f"vlan {vlan}", f" description {draw(st.sampled_from(['some', 'other']))}{vlan}"]
            lines += [" dhcp snooping enable"] if hardened and draw(st.booleans()) else []
    if marked := draw(st.booleans()):
        lines += marks(draw)
    lines += draw(st.sampled_from([[], ["stp bpdu-protection"]])) if bare else ["stp bpdu-protection"]
    for port in OTHERS:
        if not bare or draw(st.booleans()):
            lines += [
                f"interface {port}",
                draw(ports(vlans, marked)) if hardened else draw(ports(vlans, marked)).replace(INSPECTED, ""),
            ]
    lines.append(f"interface {DOOR}")
    if door == "access":
        lines += [" port link-type access", f" port default vlan {management}"]
    elif door == "list":
        lines.append(trunk(carried, with_1=draw(st.booleans())))
        lines += [" dhcp snooping trusted"] if hardened and draw(st.booleans()) else []
    else:
        lines += [" port link-type trunk", " port trunk allow-pass vlan 2 to 4094"]
    lines += [f"interface Vlanif{management}", f" ip address {address} 255.255.255.0"]
    if bare and management == 98 and draw(st.booleans()):  # left by somebody, in the way of the address to come
        lines += [f"interface Vlanif{draw(st.sampled_from(vlans[:1]))}", " ip address 10.20.99.7 255.255.255.0"]
    hop = MANAGEMENT[management] + draw(st.sampled_from(["1", "254"]))
    lines.append(f"ip route-static 0.0.0.0 0.0.0.0 {hop}")
    if bare:
        lines += draw(st.sampled_from([[], ["ip route-static 0.0.0.0 0.0.0.0 10.1.1.1"]]))  # nobody is there
    lines += ["user-interface vty 0 4", f" protocol inbound {draw(st.sampled_from(['ssh', 'all']))}"]
    return Wish("\n".join(lines), management, address, frozenset(batch), access=door == "access")


VRP = Dialect(
    platform=HUAWEI_VRP,
    personality=PERSONALITY,
    door=DOOR,
    wishes=wishes,
    enter="system-view",
    foreign="snmp-agent sys-info location cave\nsnmp-agent sys-info contact nobody\n"
    "user-interface vty 5 14\nidle-timeout 5 0",
    vlan="vlan {}".format,
    answers={"Continue?[Y/N]:": "y"},
    asked=asked,
)
