"""Whether an edge router does what it must, by what it says itself."""

from collections.abc import Iterator

from roles.uplinks.intent import Neighbor, RouterIntent
from roles.uplinks.state import Session, State


def problems(wanted: RouterIntent, state: State) -> list[str]:
    """What is wrong with the sessions, with what was learned, with what is announced, and with the way out."""
    found = [problem for neighbor in wanted.neighbors for problem in _session(wanted, neighbor, state)]
    if found:
        return found
    return [
        f"{prefix} goes through {_name(wanted, state, prefix)}, not through {neighbor.name} ({neighbor.way.role})"
        for prefix, neighbor in sorted(wanted.preferred.items())
        if state.best.get(prefix) != neighbor.address
    ]


def _session(wanted: RouterIntent, neighbor: Neighbor, state: State) -> Iterator[str]:
    session = state.sessions.get(neighbor.address) or Session("absent", "absent", frozenset(), {})
    if session.state != "Established":
        yield f"BGP session with {neighbor.name} ({neighbor.address}) is {session.state}"
        return
    if session.bfd != "up":
        yield f"BFD with {neighbor.name} ({neighbor.address}) is {session.bfd}"
    for prefix in neighbor.serves:
        if prefix not in session.received:
            yield f"{prefix} is not received from {neighbor.name}"
    for prefix in wanted.announced:
        if prefix not in session.sent:
            yield f"{prefix} is not announced to {neighbor.name}"
        elif neighbor.way.community and neighbor.way.community not in session.sent[prefix].communities:
            yield f"{prefix} is announced to {neighbor.name} without the community {neighbor.way.community}"
    for prefix in sorted(session.sent.keys() - set(wanted.announced)):
        yield f"{prefix} must not be announced to {neighbor.name}"


def _name(wanted: RouterIntent, state: State, prefix: object) -> str:
    names = {neighbor.address: neighbor.name for neighbor in wanted.neighbors}
    address = next((address for network, address in state.best.items() if network == prefix), None)
    return names.get(address, str(address)) if address else "nobody"
