"""HP ProCurve: configurations as people and templates write them."""

from collections.abc import Mapping

from hypothesis import strategies as st

from roles.network.hp_procurve import HP_PROCURVE
from roles.played.switch.files.switch.procurve.personality import PROCURVE as PERSONALITY
from tests.dialects import MANAGEMENT, NUMBERS, Dialect, Wish

DOOR = "24"
OTHERS = ("1", "2", "23")


def ways(vlans: list[int]) -> st.SearchStrategy[dict[int, str]]:
    """A port is in one VLAN without tag, in some with a tag, or both; never in none."""
    tagged = st.lists(st.sampled_from(vlans), min_size=1, max_size=3, unique=True).map(
        lambda some: dict.fromkeys(some, "tagged")
    )
    untagged = st.sampled_from(vlans).map(lambda vlan: {vlan: "untagged"})
    return st.builds(lambda some, one: some | one, tagged, untagged) | tagged | untagged


def snmp(draw: st.DrawFn, bare: bool) -> list[str]:
    """Communities are only found; who reads has another name once its secrets are others."""
    user, secret = draw(
        st.sampled_from([("supervision-1a1a1a", "first-secret"), ("supervision-2b2b2b", "other-secret")])
    )
    lines = [
        f'snmpv3 user "{user}" auth sha "{secret}" priv aes "{secret}"',
        f'snmpv3 group operatorauth user "{user}" sec-model ver3',
        f"ip authorized-managers 10.1.2.{draw(st.integers(1, 2))} 255.255.255.255 access operator access-method snmp",
    ]
    return ["\n".join(lines), *(['snmp-server community "public" unrestricted'] if bare else [])]


@st.composite
def guards(draw: st.DrawFn, vlans: list[int], bare: bool) -> list[str]:
    """What holds for the whole switch, and what is said of its ports outside of them."""
    some = st.lists(st.sampled_from(vlans), min_size=1, unique=True).map(lambda of: " ".join(map(str, sorted(of))))
    either = [
        f"dhcp-snooping vlan {draw(some)}",
        f"arp-protect vlan {draw(some)}",
        "dhcp-snooping",
        f"spanning-tree priority {draw(st.integers(1, 3))}",
        f"sntp server priority 1 10.1.1.{draw(st.integers(1, 2))}",
        f"ip authorized-managers 10.1.1.{draw(st.integers(1, 2))} 255.255.255.255 access manager",
        "spanning-tree 1-2 admin-edge-port bpdu-protection root-guard",
        "spanning-tree 23 root-guard",
        f"port-security 1,23 learn-mode limited-continuous address-limit {draw(st.integers(1, 3))} action send-alarm",
        f"fault-finder broadcast-storm 2 action warn-and-disable 300 pps {draw(st.sampled_from([300, 500]))}",
        "lldp admin-status 1-2 disable",
    ]
    either += [
        "aaa port-access authenticator 1-2\naaa port-access authenticator 1-2 unauth-vid 10\n"
        f"aaa port-access authenticator 1 client-limit {draw(st.integers(1, 3))}",
        "aaa port-access mac-based 2\naaa port-access mac-based 2 unauth-vid 10",
        'radius-server host 10.10.10.17 key "first-word"\naaa authentication port-access eap-radius\n'
        "aaa port-access authenticator active",
    ]
    either += snmp(draw, bare)
    banner = draw(st.sampled_from(['banner motd "Bonjour"', 'banner motd "Bonjour les amis"']))
    return [banner, "no cdp run", "snmpv3 only", *draw(st.lists(st.sampled_from(either), unique=True))]


@st.composite
def wishes(draw: st.DrawFn, bare: bool = False) -> Wish:
    """`bare`: as found in the field, so VLAN 1 is in use, and VLANs have several addresses."""
    users = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True))
    management = draw(st.sampled_from(list(MANAGEMENT)))
    extra = draw(st.lists(st.sampled_from(list(MANAGEMENT)), max_size=2, unique=True))
    vlans = sorted({*users, management, *extra})
    address = MANAGEMENT[management] + draw(st.sampled_from(["11", "12"]))
    ports = {port: draw(ways([1, *vlans] if bare else vlans)) for port in (*OTHERS, DOOR)}
    access = draw(st.sampled_from([False, False, True]))
    if access:
        ports[DOOR] = dict.fromkeys(ports[DOOR], "tagged")
    ports[DOOR][management] = "untagged" if access else "tagged"

    sections = {f"vlan {vlan}": [f'name "{draw(st.sampled_from(["some", "other"]))}{vlan}"'] for vlan in vlans}
    if draw(st.booleans()):
        sections[f"vlan {vlans[0]}"].append(f"qos dscp {draw(st.sampled_from(['ef', 'af41']))}")
    sections[f"vlan {management}"].append(f"ip address {address} 255.255.255.0")
    if bare and draw(st.booleans()):
        sections[f"vlan {management}"].append("ip address 10.20.77.7 255.255.255.0")
    if bare and management == 98 and draw(st.booleans()):  # left by somebody, in the way of the address to come
        sections[f"vlan {draw(st.sampled_from(vlans[:1]))}"].append("ip address 10.20.99.7 255.255.255.0")
    sections["vlan 1"] = ["no ip address"]  # last: what comes to a port comes before what leaves it
    for vlan in [*vlans, 1]:
        sections[f"vlan {vlan}"] += _members(ports, vlan)
    for port in OTHERS:
        sections[f"interface {port}"] = [f'name "{draw(st.sampled_from(["ws1", "ws2"]))}"']
        sections[f"interface {port}"] += ["disable"] if draw(st.booleans()) else []
    outside = [] if bare and draw(st.booleans()) else draw(guards(vlans, bare))
    if draw(st.booleans()):
        sections[f"interface {DOOR}"] = ["dhcp-snooping trust"]
    lines = [f'hostname "{draw(st.sampled_from(["sw1", "sw2"]))}"']
    for header, inside in sections.items():
        lines += [header, *(f"   {line}" for line in inside), "   exit"]
    lines += outside
    lines.append(f"ip default-gateway {MANAGEMENT[management]}{draw(st.sampled_from(['1', '254']))}")
    return Wish("\n".join(lines), management, address, frozenset(vlans), access)


def _members(ports: Mapping[str, Mapping[int, str]], vlan: int) -> list[str]:
    lists = {how: [port for port in ports if ports[port].get(vlan) == how] for how in ("untagged", "tagged")}
    if vlan == 1:  # where a switch begins with all of its ports
        lists["no untagged"] = [port for port in ports if "untagged" not in ports[port].values()]
    return [f"{how} {','.join(names)}" for how, names in lists.items() if names]


PROCURVE = Dialect(
    platform=HP_PROCURVE,
    personality=PERSONALITY,
    door=DOOR,
    wishes=wishes,
    enter="configure",
    foreign='snmpv3 enable\nno snmpv3 user "initial"\nsnmp-server location cave\n'
    'spanning-tree\ninterface 7\nname "reserved"\ndisable\nexit\nno telnet-server',
    vlan="vlan {}".format,
    answers={"password: ": "of-nobody", "[y/n] ": "n"},
)
