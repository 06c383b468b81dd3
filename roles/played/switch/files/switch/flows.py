"""What guards a port, as flows and meters of Open vSwitch. Ports that nothing guards have none: no flow names them.

A frame goes through table 0 (who may be a DHCP server), LEARN (how many MAC addresses), ADMIT (storms) and is then
switched as ever. The first MAC addresses of a port are flows of table SEEN, which its limit counts.
"""

from collections.abc import Iterator, Mapping

from .meaning import Protection

LEARN, ADMIT, SEEN = 10, 20, 30
AGING = 600  # seconds until a MAC address that is silent makes room: each of its frames begins them anew
ALL = "dl_dst=ff:ff:ff:ff:ff:ff"
SOME = "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00"


def flows(guarded: Mapping[int, Protection]) -> list[str]:
    """By the number of the port in OpenFlow, what guards it."""
    return ["table=0,priority=0,actions=NORMAL", *(line for port in guarded for line in _flows(port, guarded[port]))]


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
