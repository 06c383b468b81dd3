"""What the `show` commands of routing print, in the layouts of IOS XE (as ntc-templates has them)."""

from ipaddress import IPv4Address, IPv4Network

from ..cisco.shows import short
from ..machine import Switch
from .config import Config
from .cores import Route, applied, established, learned, own, sent

OF_ITSELF = IPv4Address(0)
NO_BGP = "% BGP not active"
HEAD = """\
BGP table version is 5, local router ID is {router}
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
              r RIB-failure, S Stale, m multipath, b backup-path, f RT-Filter,
              x best-external, a additional-path, c RIB-compressed,
              t secondary path, L long-lived-stale,
Origin codes: i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

     Network          Next Hop            Metric LocPrf Weight Path"""


def version(switch: Switch) -> str:
    return f"""\
Cisco IOS XE Software, Version 17.09.04a
This is not a Cisco router: the tests play its command line.

{switch.config.hostname} uptime is 0 minutes
cisco ISR4331/K9 (1RU) processor"""


def bgp_summary(switch: Switch) -> str:
    config: Config = switch.config
    if config.bgp is None:
        return NO_BGP
    rows = []
    for peer, asn in config.neighbours():
        up = established(config, switch.plane, peer, asn)
        count = sum(route.peer == peer for route in learned(config, switch.plane))
        since, state = ("00:01:00", str(count)) if up else ("never", "Idle")
        rows.append(f"{peer!s:<15} 4{asn:>13}{3:>8}{3:>8}{5 if up else 1:>9}{0:>5}{0:>5} {since:>8} {state:>8}")
    return "\n".join(
        [
            f"BGP router identifier {_router(config)}, local AS number {config.bgp.split()[2]}",
            "BGP table version is 5, main routing table version 5",
            "",
            "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
            *rows,
        ]
    )


def bgp(switch: Switch) -> str:
    config: Config = switch.config
    if config.bgp is None:
        return NO_BGP
    rows, before = [], None
    for route in learned(config, switch.plane):
        rows.append(_row(route.network if route.network != before else None, route))
        before = route.network
    return "\n".join([HEAD.format(router=_router(config)), *rows, *map(_own, own(config))])


def advertised(switch: Switch, peer: str) -> str:
    config: Config = switch.config
    rows = [_own(network) for network in sent(config, IPv4Address(peer))]
    total = ["", f"Total number of prefixes {len(rows)} "]
    return "\n".join([HEAD.format(router=_router(config)), *rows, *total])


def neighbors(switch: Switch) -> str:
    config: Config = switch.config
    blocks = []
    for peer, asn in config.neighbours():
        up = established(config, switch.plane, peer, asn)
        lines = [f"BGP neighbor is {peer},  remote AS {asn}, external link"]
        lines.append(f"  BGP state = {'Established, up for 00:01:00' if up else 'Idle, down for never'}")
        if f"neighbor {peer} send-community" in config.family():
            lines.append("  Community attribute sent to this neighbor")
        for direction, words in (("in", "incoming"), ("out", "outgoing")):
            if name := applied(config, peer, "route-map", direction):
                lines.append(f"  Route map for {words} advertisements is {name}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def bfd(switch: Switch) -> str:
    config: Config = switch.config
    return "\n".join(_bfd(switch, config, peer, asn) for peer, asn in config.neighbours())


def _bfd(switch: Switch, config: Config, peer: IPv4Address, asn: int) -> str:
    asked = f"neighbor {peer} fall-over" in config.sections[config.bgp or ""]
    found = next(((n, a) for n, a in config.up().items() if peer in a.network), None)
    if not asked or found is None or config.value(f"interface {found[0]}", "bfd interval") is None:
        return ""
    state = "Up" if established(config, switch.plane, peer, asn) else "Down"
    return f"""\

IPv4 Sessions
NeighAddr                              LD/RD         RH/RS     State     Int
{peer!s:<39} 1/1          {state:<10}{state:<10}{short(found[0])}
Session Host: Software
OurAddr: {found[1].ip}
Handle: 1
Local Diag: 0, Demand mode: 0, Poll bit: 0
MinTxInt: 50000, MinRxInt: 50000, Multiplier: 3
Received MinRxInt: 50000, Received Multiplier: 3
Holddown (hits): 123(0), Hello (hits): 50(1000)
Rx Count: 1000, Rx Interval (ms) min/max/avg: 1/55/44 last: 12 ms ago
Tx Count: 1000, Tx Interval (ms) min/max/avg: 1/55/44 last: 32 ms ago
Elapsed time watermarks: 0 0 (last: 0)
Registered protocols: BGP CEF
Uptime: 00:01:00
Last packet: Version: 1                  - Diagnostic: 0
             State bit: {state:<18}- Demand bit: 0
             Poll bit: 0                 - Final bit: 0
             C bit: 0
             Multiplier: 3               - Length: 24
             My Discr.: 1                - Your Discr.: 1
             Min tx interval: 50000      - Min rx interval: 50000
             Min Echo interval: 0"""


def route_map(switch: Switch) -> str:
    lines: list[str] = []
    for header, settings in switch.config.sections.items():
        if header.startswith("route-map "):
            _, name, action, sequence = header.split()
            lines += [f"route-map {name}, {action}, sequence {sequence}", "  Match clauses:", "  Set clauses:"]
            lines += [f"    {line.removeprefix('set ')}" for line in settings.values()]
            lines.append("  Policy routing matches: 0 packets, 0 bytes")
    return "\n".join(lines)


def _router(config: Config) -> str:
    return config.value(config.bgp or "", "bgp router-id") or "0.0.0.0"  # noqa: S104  # as it prints none


def _name(network: IPv4Network) -> str:
    """Without its length, where that is the one of its class."""
    first = int(str(network).partition(".")[0])
    usual = 0 if first == 0 else 8 if first < 128 else 16 if first < 192 else 24
    return str(network.network_address) if network.prefixlen == usual else str(network)


def _row(network: IPv4Network | None, route: Route) -> str:
    best = ">" if network else " "
    name = _name(network) if network else ""
    return f" *{best}   {name:<16} {route.peer!s:<15} {'':>10} {route.preference:>6} {0:>6} {route.path} i"


def _own(network: IPv4Network) -> str:
    return f" *>   {_name(network):<16} {OF_ITSELF!s:<15} {0:>10} {'':>6} {32768:>6} i"
