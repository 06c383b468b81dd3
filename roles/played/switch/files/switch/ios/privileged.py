"""The commands of user and privileged mode that a switch has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cisco.privileged import EXEC as COMMON
from ..cisco.privileged import UNPRIVILEGED as COMMON_UNPRIVILEGED
from ..cisco.privileged import shown
from ..grammar import Refused, command
from . import protections, shows

if TYPE_CHECKING:
    from .cli import Session


def _show_interface(session: Session, name: str) -> str:
    lines = session.switch.config.render().splitlines()
    header = f"interface {name}"
    if header not in lines:
        raise Refused(f"% Invalid interface {name}")
    first = lines.index(header)
    block = lines[first : lines.index("!", first)]
    return "\n".join(["Building configuration...", "", "Current configuration:", "!", *block, "end"])


EXEC = [
    *COMMON,
    command("show running-config interface <interface>", _show_interface),
    command("show version", shown(shows.version)),
    command("show vlan brief", shown(shows.vlan_brief)),
    command("show interfaces status", shown(shows.interfaces_status)),
    command("show interfaces status err-disabled", shown(shows.err_disabled)),
    command("show errdisable recovery", shown(shows.errdisable_recovery)),
    command("show lldp neighbors", shown(shows.lldp_neighbors)),
    command("show lldp neighbors detail", shown(shows.lldp_neighbors_detail)),
    command("show ip dhcp snooping", shown(shows.dhcp_snooping)),
    command("show ip dhcp snooping binding", shown(protections.bindings)),
    command("show ip arp inspection", shown(protections.arp_inspection)),
    command("show spanning-tree inconsistentports", shown(protections.inconsistent_ports)),
    command("show port-security", shown(protections.port_security)),
    command("show interfaces trunk", shown(shows.interfaces_trunk)),
    command("show interfaces switchport", shown(shows.interfaces_switchport)),
    command("show mac address-table", shown(shows.mac_address_table)),
]
UNPRIVILEGED = {*COMMON_UNPRIVILEGED, *(("show", word) for word in ("vlan", "interfaces", "mac"))}
