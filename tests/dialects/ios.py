"""Cisco IOS: configurations as people and templates write them."""

from hypothesis import strategies as st

from roles.network.cisco_ios import CISCO_IOS
from roles.played.switch.files.switch.ios.personality import IOS as PERSONALITY
from tests.dialects import MANAGEMENT, NUMBERS, Dialect, Wish

DOOR = "GigabitEthernet1/0/24"
GUARDED = """ switchport port-security maximum 3
 switchport port-security violation restrict
 switchport port-security
 ip dhcp snooping limit rate 15
 storm-control broadcast level pps 500
 no lldp transmit
 spanning-tree portfast
 spanning-tree bpduguard enable
 spanning-tree guard root
"""
MARKED = " mls qos cos 5\n mls qos trust cos\n priority-queue out\n"
RECOGNIZED = """ authentication event fail action authorize vlan 999
 authentication event server dead action authorize vlan 999
 authentication event server alive action reinitialize
 authentication host-mode multi-domain
 authentication order dot1x mab
 authentication port-control auto
 mab
 dot1x pae authenticator
 dot1x timeout tx-period 10
"""
BANNERS = ("banner login ~Bonjour~", "banner login ^CAu revoir^C")
LONG_BANNER = "banner login ^C\nBonjour\nles amis\n^C"
OTHERS = ("GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet1/0/23")


def ports(vlans: list[int]) -> st.SearchStrategy[str]:
    lists = st.lists(st.sampled_from(vlans), min_size=1, unique=True).map(lambda some: ",".join(map(str, sorted(some))))
    access = st.builds(
        " description {}\n switchport access vlan {}\n switchport mode access\n{}".format,
        st.sampled_from(["ws1", "ws2"]),
        st.sampled_from(vlans),
        st.sampled_from(["", " spanning-tree portfast\n", " shutdown\n", GUARDED, MARKED, RECOGNIZED]),
    )
    trunk = st.builds(
        " switchport trunk allowed vlan {}\n switchport mode trunk\n{}".format,
        lists,
        st.sampled_from(
            [
                "",
                " switchport nonegotiate\n",
                " switchport trunk native vlan 10\n",
                " mls qos trust dscp\n",
                " ip dhcp snooping trust\n",
            ]
        ),
    )
    return st.one_of(access, trunk)


def snmp(draw: st.DrawFn, bare: bool) -> list[str]:
    """Communities are only found; who reads has another name once its secrets are others."""
    user, secret = draw(
        st.sampled_from([("supervision-1a1a1a", "first-secret"), ("supervision-2b2b2b", "other-secret")])
    )
    lines = [
        f"ip access-list standard READERS\n permit 10.1.1.{draw(st.integers(1, 2))}",
        "snmp-server view SUPERVISION iso included",
        "snmp-server group SUPERVISION v3 priv read SUPERVISION access READERS",
        f"snmp-server user {user} SUPERVISION v3 auth sha {secret} priv aes 128 {secret} access READERS",
    ]
    return ["\n".join(lines), *(["snmp-server community public RO"] if bare else [])]


@st.composite
def for_all(draw: st.DrawFn, vlans: list[int], bare: bool) -> list[str]:
    """What holds for the whole switch."""
    some = st.lists(st.sampled_from(vlans), min_size=1, unique=True).map(lambda of: ",".join(map(str, sorted(of))))
    either = [
        f"ip dhcp snooping vlan {draw(some)}",
        f"ip arp inspection vlan {draw(some)}",
        f"spanning-tree vlan 1-4094 priority {draw(st.sampled_from([4096, 8192]))}",
        f"ntp server 10.1.1.{draw(st.integers(1, 3))}",
        f"arp access-list FIXED-10\n permit ip host 10.20.10.{draw(st.integers(1, 2))} mac any",
    ]
    digits, key = draw(st.sampled_from([("1a1a1a", "first-word"), ("2b2b2b", "other-word")]))
    either += [
        "aaa authentication dot1x default group radius\naaa authorization network default group radius\n"
        f"dot1x system-auth-control\nradius server radius1-{digits}\n"
        f" address ipv4 10.10.10.17 auth-port 1812 acct-port 1813\n key {key}",
        *snmp(draw, bare),
        "mls qos",
        f"mls qos map cos-dscp 0 8 16 {draw(st.sampled_from([24, 26]))} 32 46 48 56",
    ]
    always = [  # nobody takes these away, one is only put in another's place
        draw(st.sampled_from((*BANNERS, LONG_BANNER) if bare else BANNERS)),
        f"spanning-tree mode {draw(st.sampled_from(['pvst', 'rapid-pvst']))}",
        "aaa new-model",
        "aaa authentication login default local",
        "aaa authorization exec default local",
        "no ip http server",
        "no cdp run",
    ]
    return always + draw(st.lists(st.sampled_from(either), unique=True))


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
    trusted = [" ip dhcp snooping trust", " ip arp inspection trust"] if draw(st.booleans()) else []
    lines = [f"hostname {draw(st.sampled_from(['sw1', 'sw2']))}", "archive", " path flash:before"]
    for vlan in vlans:
        lines += [f"vlan {vlan}", f" name {draw(st.sampled_from(['some', 'other']))}{vlan}"]
    lines += [] if bare and draw(st.booleans()) else draw(for_all(vlans, bare))
    for port in OTHERS:
        if not bare or draw(st.booleans()):
            lines += [f"interface {port}", draw(ports(vlans)).rstrip("\n")]
    lines.append(f"interface {DOOR}")
    if door == "access":
        lines += [f" switchport access vlan {management}", " switchport mode access"]
    else:
        allowed = [f" switchport trunk allowed vlan {','.join(map(str, sorted(carried)))}"] if door == "list" else []
        lines += [*allowed, " switchport mode trunk", *trusted]
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
    foreign="username netadmin privilege 15 secret 9 made-up\n"
    "snmp-server contact nobody\nsnmp-server location cave\nip domain-name example.org\n"
    "line vty 5 15\nexec-timeout 5 0",
    vlan="vlan {}".format,
)
