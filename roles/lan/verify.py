"""Whether a switch does what it must, by what its own show commands say."""

from collections.abc import Callable, Iterable
from typing import Any

from netutils.interface import canonical_interface_name
from netutils.vlan import vlanconfig_to_list
from ntc_templates.parse import parse_output

from roles.lan.intent import SwitchIntent, SwitchPort

Show = Callable[[str], str]
Row = dict[str, Any]


def problems(wanted: SwitchIntent, show: Show) -> list[str]:
    """What is wrong with the VLANs and with the membership of the ports."""
    vlans = {row["vlan_id"]: row["vlan_name"] for row in _rows(show, "show vlan brief")}
    ports = {canonical_interface_name(row["interface"]): row for row in _rows(show, "show interfaces switchport")}
    found = [
        f"VLAN {vlan.number} {vlan.name} is {vlans.get(str(vlan.number), 'absent')}"
        for vlan in wanted.vlans
        if vlans.get(str(vlan.number)) != vlan.name
    ]
    for port in wanted.ports:
        row = ports.get(port.name)
        is_now = "absent" if row is None else _membership(row)
        if is_now != _wanted_membership(port):
            found.append(f"{port.name} is {is_now}, not {_wanted_membership(port)}")
    return found


def _rows(show: Show, command: str) -> list[Row]:
    return list(parse_output(platform="cisco_ios", command=command, data=show(command)))


def _membership(row: Row) -> str:
    if row["admin_mode"] != "trunk":
        return f"access {row['access_vlan']}"
    listed = ",".join(row["trunking_vlans"])
    if not listed[:1].isdigit():  # ALL or NONE
        return f"trunk {listed}"
    return f"trunk {_list(int(vlan) for vlan in vlanconfig_to_list(listed))}"


def _wanted_membership(port: SwitchPort) -> str:
    return f"trunk {_list(port.vlans)}" if port.access is None else f"access {port.access}"


def _list(vlans: Iterable[int]) -> str:
    return ",".join(map(str, sorted(vlans)))
