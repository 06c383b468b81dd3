"""The state of an IOS router, as ntc-templates reads what it shows."""

from collections.abc import Callable, Collection, Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from roles.network.tables import rows
from roles.uplinks.state import Sent, Session, State

Show = Callable[[str], str]


def state(show: Show, peers: Collection[IPv4Address]) -> State:
    """Ask for what concerns these neighbours."""
    summary = {row["bgp_neighbor"]: row["state_or_prefixes_received"] for row in _shown(show, "show ip bgp summary")}
    bfd = {row["neighbor_addr"]: row["state"].lower() for row in _shown(show, "show bfd neighbors details")}
    table = list(_shown(show, "show ip bgp"))
    communities = _communities(show)
    sessions = {}
    for peer in peers:
        name = str(peer)
        up = _state(summary.get(name))
        sessions[peer] = Session(
            state=up,
            bfd=bfd.get(name, "absent"),
            received=frozenset(_prefix(row["network"]) for row in table if row["next_hop"] == name),
            sent=_sent(show, name, communities.get(name, frozenset())) if up == "Established" else {},
        )
    known = {str(peer): peer for peer in peers}
    best = {
        _prefix(row["network"]): known[row["next_hop"]]
        for row in table
        if row["path_selection"] == ">" and row["next_hop"] in known
    }
    return State(sessions, best)


def _shown(show: Show, command: str) -> Iterator[dict[str, Any]]:
    answer = show(command)
    return iter(()) if answer.lstrip().startswith("%") else iter(rows("cisco_ios", command, answer))


def _state(shown: str | None) -> str:
    """A session that is up shows how many prefixes it has received in place of its state."""
    if shown is None:
        return "absent"
    return "Established" if shown.isdigit() else shown


def _prefix(shown: str) -> IPv4Network:
    """A network as IOS prints it: without its length where that is the one of its class."""
    if "/" in shown:
        return IPv4Network(shown)
    first = int(shown.partition(".")[0])
    length = 0 if first == 0 else 8 if first < 128 else 16 if first < 192 else 24
    return IPv4Network(f"{shown}/{length}")


def _sent(show: Show, peer: str, communities: frozenset[str]) -> dict[IPv4Network, Sent]:
    found = _shown(show, f"show ip bgp neighbors {peer} advertised-routes")
    return {_prefix(row["network"]): Sent(communities) for row in found}


def _communities(show: Show) -> dict[str, frozenset[str]]:
    """By neighbour, what each route to it bears: IOS does not show it route by route, so by the map that is applied."""
    maps = {
        row["name"]: frozenset(
            word
            for clause in row["set_clauses"]
            if clause.startswith("community ")
            for word in clause.split()[1:]
            if ":" in word
        )
        for row in _shown(show, "show route-map")
    }
    answer = show("show ip bgp neighbors")
    told = {
        block.split(",")[0].split()[-1]
        for block in answer.split("BGP neighbor is ")[1:]
        if "Community attribute sent to this neighbor" in block
    }
    applied = (
        {}
        if answer.lstrip().startswith("%")
        else {row["neighbor"]: row["outbound_routemap"] for row in rows("cisco_ios", "show ip bgp neighbors", answer)}
    )
    return {peer: maps.get(name, frozenset()) for peer, name in applied.items() if peer in told}
