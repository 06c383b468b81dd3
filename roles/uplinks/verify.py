"""Whether an edge router does what it must, by what FRR itself says."""

import json
from collections.abc import Callable
from typing import Any

from roles.uplinks.intent import RouterIntent

Show = Callable[[str], str]


def problems(wanted: RouterIntent, show: Show) -> list[str]:
    """What is wrong with the sessions, with what was learned, and with what is announced."""
    peers = _json(show, "show bgp ipv4 unicast summary json").get("peers", {})
    known = _json(show, "show bgp ipv4 unicast json").get("routes", {})
    found = []
    for neighbor in wanted.neighbors:
        peer = str(neighbor.address)
        state = peers.get(peer, {}).get("state", "absent")
        if state != "Established":
            found.append(f"BGP session with {neighbor.name} ({peer}) is {state}")
            continue
        found += [
            f"{prefix} is not received from {neighbor.name}"
            for prefix in neighbor.serves
            if not any(path.get("peerId") == peer for path in known.get(str(prefix), []))
        ]
        sent = _json(show, f"show bgp ipv4 unicast neighbors {peer} advertised-routes json").get("advertisedRoutes", {})
        expected = set(map(str, wanted.announced))
        found += [f"{prefix} is not announced to {neighbor.name}" for prefix in sorted(expected - sent.keys())]
        found += [f"{prefix} must not be announced to {neighbor.name}" for prefix in sorted(sent.keys() - expected)]
    return found


def _json(show: Show, command: str) -> dict[str, Any]:
    answer = show(command)
    found: dict[str, Any] = json.loads(answer) if answer.strip().startswith("{") else {}
    return found
