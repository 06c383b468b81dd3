"""The state of an FRR router, from the JSON that it prints (FRR 10)."""

import json
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from roles.uplinks.state import Sent, Session, State

Show = Callable[[str], str]


def state(show: Show, peers: Collection[IPv4Address]) -> State:
    """Ask for what concerns these neighbours."""
    summary = _json(show("show bgp ipv4 unicast summary json")).get("peers", {})
    routes = _json(show("show bgp ipv4 unicast json")).get("routes", {})
    bfd = {peer["peer"]: peer.get("status", "absent") for peer in _list(show("show bfd peers json"))}
    sessions = {}
    for peer in peers:
        name = str(peer)
        up = summary.get(name, {}).get("state", "absent")
        sessions[peer] = Session(
            state=up,
            bfd=bfd.get(name, "absent"),
            received=frozenset(
                IPv4Network(prefix) for prefix, paths in routes.items() if any(_from(path, name) for path in paths)
            ),
            sent=_sent(show, name) if up == "Established" else {},
        )
    known = {str(peer): peer for peer in peers}  # a network of its own comes from "(unspec)"
    best = {
        IPv4Network(prefix): known[path["peerId"]]
        for prefix, paths in routes.items()
        for path in paths
        if path.get("bestpath") and path.get("peerId") in known
    }
    return State(sessions, best)


def _from(path: dict[str, Any], peer: str) -> bool:
    return bool(path.get("peerId") == peer)


def _sent(show: Show, peer: str) -> dict[IPv4Network, Sent]:
    answer = _json(show(f"show bgp ipv4 unicast neighbors {peer} advertised-routes detail json"))
    return {
        IPv4Network(prefix): Sent(frozenset(word for path in _paths(route) for word in _communities(path)))
        for prefix, route in answer.get("advertisedRoutes", {}).items()
    }


def _paths(route: dict[str, Any]) -> list[dict[str, Any]]:
    paths: list[dict[str, Any]] = route.get("paths", [])
    return paths


def _communities(path: dict[str, Any]) -> list[str]:
    found: list[str] = path.get("community", {}).get("list", [])
    return found


def _json(answer: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer) if answer.strip().startswith("{") else {}
    return found


def _list(answer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(answer) if answer.strip().startswith("[") else []
    return found
