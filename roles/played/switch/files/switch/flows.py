"""What guards a port, as flows and meters of Open vSwitch. Ports that nothing guards have none: no flow names them.

A frame goes through GATE (who may be a DHCP server, whose ARP is looked at), ARP (who says what is known), LEARN (how
many MAC addresses) and ADMIT (storms), and is then switched as ever. The first MAC addresses of a port are flows of
table SEEN, which its limit counts. `learn` says whether there was room, but when Open vSwitch looks at a decision again
it always says yes: so those that were refused are remembered, in table OVER, and asked for first.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface

from .meaning import Protection

GATE, ARP, LEARN, NEW, ADMIT, SEEN, OVER, SWITCH = 0, 5, 10, 12, 20, 30, 32, 40
AGING = 600  # seconds until a MAC address that is silent makes room: each of its frames begins them anew
ALL = "dl_dst=ff:ff:ff:ff:ff:ff"
SOME = "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00"
WITHOUT_TAG = "vlan_tci=0/0xfff"  # or with one of VLAN 0, which is none
ADMITTED, REFUSED = "NXM_NX_REG0[0]", "NXM_NX_REG0[1]"
QUIET = 30  # seconds until an address that was refused may try again: more than Open vSwitch keeps what it decided (10)
MANY = 4000  # addresses that are remembered as refused
PASSES = f"actions=resubmit(,{LEARN})"
NO_PORTS: Mapping[int, int] = {}
VIOLATIONS = ("protect", "restrict", "shutdown")
TOO_MANY = 5  # the priority of the flow that drops, and counts, what is beyond the MAC addresses of a port


@dataclass(frozen=True)
class Own:
    """An address of the switch itself: its interface in the bridge, and the ports that are in its VLAN without tag."""

    vlan: int
    address: str  # with its prefix length
    interface: str
    untagged: tuple[int, ...]


def flows(
    guarded: Mapping[int, Protection], own: Iterable[Own] = (), untagged: Mapping[int, int] = NO_PORTS
) -> list[str]:
    """By the number of the port in OpenFlow, what guards it; and how the switch itself is asked for.

    `untagged`: the VLAN of frames without tag, of each port.
    """
    return [
        f"table={GATE},priority=0,actions=resubmit(,{LEARN})",
        f"table={LEARN},priority=0,actions=resubmit(,{SWITCH})",
        f"table={SWITCH},priority=0,actions=NORMAL",
        *(line for each in own for line in _asked(each)),
        *(line for port in guarded for line in _flows(port, guarded[port])),
        *(line for port, by in guarded.items() for line in _inspected(port, by.inspected, untagged.get(port))),
        *(f"{_denied(vlan)},actions=drop" for vlan in sorted({v for by in guarded.values() for v in by.inspected})),
    ]


def _asked(own: Own) -> Iterator[str]:
    """Who asks for our address is heard: Open vSwitch floods to no internal port that came while RSTP ran."""
    asks = f"table={SWITCH},priority=100,arp,arp_tpa={IPv4Interface(own.address).ip}"
    yield f"{asks},dl_vlan={own.vlan},actions=NORMAL,pop_vlan,output:{own.interface}"
    yield from (f"{asks},in_port={port},vlan_tci=0,actions=NORMAL,output:{own.interface}" for port in own.untagged)


def _inspected(port: int, vlans: Iterable[int], untagged: int | None) -> Iterator[str]:
    """Its VLAN is written down, and table ARP knows who may speak there. A desk may tag what needs no tag."""
    for vlan in sorted(vlans):
        then = f"actions=load:{vlan}->NXM_NX_REG1[],resubmit(,{ARP})"
        for match in (f"dl_vlan={vlan}", *([WITHOUT_TAG] if vlan == untagged else [])):
            yield f"table={GATE},priority=400,in_port={port},arp,{match},{then}"


def permitted(vlan: int, address: str, mac: str | None = None) -> str:
    """The match of the flow that lets ARP pass in which a host says that an address is its own, with PASSES."""
    sender = f",arp_sha={mac}" if mac else ""
    return f"table={ARP},priority=10,arp,reg1={vlan},arp_spa={address}{sender}"


def _denied(vlan: int) -> str:
    return f"table={ARP},priority=0,reg1={vlan}"


def _flows(port: int, by: Protection) -> Iterator[str]:
    if by.no_servers:
        yield f"table={GATE},priority=300,in_port={port},udp,tp_src=67,actions=drop"
    if by.macs is None and by.storm is None:
        return
    if by.macs is None:
        yield f"table={LEARN},priority=10,in_port={port},actions=load:1->{ADMITTED},resubmit(,{ADMIT})"
    else:
        mine = f"cookie={_cookie(port)},priority=1,NXM_OF_IN_PORT[],NXM_OF_ETH_SRC[]"
        learn = f"learn(table={SEEN},hard_timeout={AGING},limit={by.macs},result_dst={ADMITTED},{mine})"
        remember = f"learn(table={OVER},idle_timeout={QUIET},limit={MANY},{mine},load:1->{REFUSED})"
        yield f"table={LEARN},priority=10,in_port={port},actions=resubmit(,{OVER}),resubmit(,{NEW})"
        counts = f"cookie={VIOLATIONS.index(by.violation)}"  # anew where another is asked for
        yield f"{counts},table={NEW},priority={TOO_MANY},in_port={port},reg0=2/2,actions=drop"
        yield f"table={NEW},priority=0,in_port={port},actions={learn},resubmit(,{ADMIT})"
        yield f"{counts},table={ADMIT},priority={TOO_MANY},in_port={port},actions={remember}"
    if by.storm is not None:
        broadcast, multicast = _meters(port)
        yield f"table={ADMIT},priority=20,in_port={port},reg0=1/1,{ALL},actions=meter:{broadcast},resubmit(,{SWITCH})"
        yield f"table={ADMIT},priority=15,in_port={port},reg0=1/1,{SOME},actions=meter:{multicast},resubmit(,{SWITCH})"
    yield f"table={ADMIT},priority=10,in_port={port},reg0=1/1,actions=resubmit(,{SWITCH})"


def meters(guarded: Mapping[int, Protection]) -> list[str]:
    """The meters that the flows name: frames a second, and a tenth of a second's worth at once."""
    return [
        f"meter={meter},pktps,burst,bands=type=drop,rate={by.storm},burst_size={max(1, by.storm // 10)}"
        for port, by in guarded.items()
        if by.storm is not None
        for meter in _meters(port)
    ]


def _meters(port: int) -> tuple[int, int]:
    return 2 * port, 2 * port + 1


def _cookie(port: int) -> str:
    return f"0x5ec{port:04x}"
