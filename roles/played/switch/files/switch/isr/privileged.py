"""The commands of user and privileged mode that a router has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cisco.privileged import EXEC as COMMON
from ..cisco.privileged import nothing, shown
from ..grammar import command
from . import shows

if TYPE_CHECKING:
    from .cli import Session


def _advertised(session: Session, peer: str) -> str:
    return shows.advertised(session.switch, peer)


EXEC = [
    *COMMON,
    command("clear ip bgp <word> soft", nothing),
    command("show version", shown(shows.version)),
    command("show ip bgp", shown(shows.bgp)),
    command("show ip bgp summary", shown(shows.bgp_summary)),
    command("show ip bgp neighbors", shown(shows.neighbors)),
    command("show ip bgp neighbors <ip> advertised-routes", _advertised),
    command("show bfd neighbors details", shown(shows.bfd)),
    command("show route-map", shown(shows.route_map)),
]
