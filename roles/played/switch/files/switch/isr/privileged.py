"""The commands of user and privileged mode that a router has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..grammar import command
from ..ios.privileged import EXEC as SWITCHES
from ..ios.privileged import _nothing, _show
from ..ios.shows import snmp_users
from . import shows

if TYPE_CHECKING:
    from .cli import Session

BOTH = (("show", "running-config"), ("show", "startup-config"), ("show", "archive"))


def _of_both(words: tuple[str, ...]) -> bool:
    return (words[0] != "show" or words[:2] in BOTH) and "<interface>" not in words


def _advertised(session: Session, peer: str) -> str:
    return shows.advertised(session.switch, peer)


EXEC = [
    *(each for each in SWITCHES if _of_both(each.words)),
    command("clear ip bgp <word> soft", _nothing),
    command("show snmp user", _show(snmp_users)),
    command("show version", _show(shows.version)),
    command("show ip bgp", _show(shows.bgp)),
    command("show ip bgp summary", _show(shows.bgp_summary)),
    command("show ip bgp neighbors", _show(shows.neighbors)),
    command("show ip bgp neighbors <ip> advertised-routes", _advertised),
    command("show bfd neighbors details", _show(shows.bfd)),
    command("show route-map", _show(shows.route_map)),
]
