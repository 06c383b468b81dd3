"""What guards a port, as flows and meters of Open vSwitch. Ports that nothing guards have none: no flow names them.

A frame goes through table 0 (who may be a DHCP server), LEARN (how many MAC addresses), ADMIT (storms) and is then
switched as ever. The first MAC addresses of a port are flows of table SEEN, which its limit counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface

from .meaning import Protection

LEARN, ADMIT, SEEN = 10, 20, 30
AGING = 600  # seconds until a MAC address that is silent makes room: each of its frames begins them anew
ALL = "dl_dst=ff:ff:ff:ff:ff:ff"
SOME = "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00"


@dataclass(frozen=True)
class Own:
    """An address of the switch itself: its interface in the bridge, and the ports that are in its VLAN without tag."""

    vlan: int
    address: str  # with its prefix length
    interface: str
    untagged: tuple[int, ...]


def flows(guarded: Mapping[int, Protection], own: Iterable[Own] = ()) -> list[str]:
    """By the number of the port in OpenFlow, what guards it; and how the switch itself is asked for."""
    return [
        "table=0,priority=0,actions=NORMAL",
        *(line for each in own for line in _asked(each)),
        *(line for port in guarded for line in _flows(port, guarded[port])),
    ]


def _asked(own: Own) -> Iterator[str]:
    """Who asks for our address is heard: Open vSwitch floods to no internal port that came while RSTP ran."""
    asks = f"table=0,priority=100,arp,arp_tpa={IPv4Interface(own.address).ip}"
    yield f"{asks},dl_vlan={own.vlan},actions=NORMAL,pop_vlan,output:{own.interface}"
    yield from (f"{asks},in_port={port},vlan_tci=0,actions=NORMAL,output:{own.interface}" for port in own.untagged)


def _flows(port: int, by: Protection) -> Iterator[str]:
    if by.no_servers:
        yield f"table=0,priority=300,in_port={port},udp,tp_src=67,actions=drop"
    if by.macs is None and by.storm is None:
        return
    yield f"table=0,priority=200,in_port={port},actions=resubmit(,{LEARN})"
    if by.macs is None:
        yield f"table={LEARN},in_port={port},actions=load:1->NXM_NX_REG0[0],resubmit(,{ADMIT})"
    else:
        learn = (
            f"learn(table={SEEN},hard_timeout={AGING},priority=1,cookie={_cookie(port)},limit={by.macs},"
            "result_dst=NXM_NX_REG0[0],NXM_OF_IN_PORT[],NXM_OF_ETH_SRC[])"
        )
        yield f"table={LEARN},in_port={port},actions={learn},resubmit(,{ADMIT})"
    if by.storm is not None:
        broadcast, multicast = _meters(port)
        yield f"table={ADMIT},priority=20,in_port={port},reg0=1/1,{ALL},actions=meter:{broadcast},NORMAL"
        yield f"table={ADMIT},priority=15,in_port={port},reg0=1/1,{SOME},actions=meter:{multicast},NORMAL"
    yield f"table={ADMIT},priority=10,in_port={port},reg0=1/1,actions=NORMAL"


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
