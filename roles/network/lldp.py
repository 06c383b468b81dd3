"""What switches hear of each other: LLDP, read by ntc-templates' own parsers."""

import re
from collections.abc import Mapping
from time import monotonic

from netmiko.exceptions import NetmikoBaseException
from netutils.interface import canonical_interface_name
from nornir.core import Nornir
from nornir.core.inventory import Host, Hosts, Inventory
from nornir.core.task import Result, Task
from paramiko.ssh_exception import SSHException
from textfsm import TextFSMError

from roles.network.connection import Device
from roles.network.runner import Looking
from roles.network.tables import rows
from roles.network.topology import Neighbour
from roles.network.waves import Order
from roles.network.way import reached

COMMANDS = {
    "cisco_ios": "show lldp neighbors detail",
    "huawei_vrp": "display lldp neighbor",
    "hp_procurve": "show lldp info remote-device detail",
}
# Huawei and ProCurve spell them out.
LETTERS = {"bridge": "B", "router": "R", "wlan-access-point": "W", "wlanAccessPoint": "W", "telephone": "T"}
# A name before a number: some give the index of the port first. Neither is a MAC address.
PORTS = (r"[A-Za-z-]+[\d/.:]+", r"\d+(/\d+)*")
SILENT = re.compile(
    r"^%.*(?:LLDP is not enabled|Invalid input|Incomplete command|Unknown command).*$"
    r"|^Error:.*$|^Info:.*LLDP is not enabled.*$|^Invalid input: lldp.*$",
    re.MULTILINE,
)
CARRIERS, TELEPHONE = {"B", "R", "W"}, "T"  # bridge, router, access point; a telephone is a desk that bridges


class LldpError(Exception):
    """A device cannot say who its neighbours are."""


def neighbours(platform: str, output: str) -> list[Neighbour]:
    """What the answer of a device says. Raises LldpError where it says that it does not know."""
    if silent := SILENT.search(output):
        raise LldpError(silent[0].strip())
    try:
        found = rows(platform, COMMANDS[platform], output)
    except TextFSMError as error:
        raise LldpError(f"`{COMMANDS[platform]}` cannot be read: {' '.join(str(error).split())}") from None
    return [_neighbour(row) for row in found]


def _neighbour(row: Mapping[str, str]) -> Neighbour:
    name = " ".join(row["neighbor_name"].partition(".")[0].lower().split()) or row["chassis_id"]
    said = (row.get("neighbor_port_id", ""), row["neighbor_interface"].strip())
    ports = [canonical_interface_name(text) for kind in PORTS for text in said if re.fullmatch(kind, text)]
    abilities = {LETTERS.get(word, word) for word in re.split(r"[ ,]+", row["capabilities"].strip())}
    carries = not CARRIERS.isdisjoint(abilities) and TELEPHONE not in abilities
    return Neighbour(canonical_interface_name(row["local_interface"]), name, ports[0] if ports else "", carries)


def heard(reach: Mapping[str, Device], order: Order) -> tuple[dict[str, list[Neighbour]], dict[str, str]]:
    """The neighbours of each device, and why some could not say."""
    began = monotonic()

    def ask(task: Task) -> Result:
        device = reach[task.host.name]
        try:
            if device.platform.name not in COMMANDS:
                raise LldpError(f"no LLDP on {device.platform.name}")
            with reached(device, began + device.patience) as way:
                answer = str(way.connection.send_command(COMMANDS[device.platform.name], read_timeout=60))
            return Result(task.host, result=neighbours(device.platform.name, answer))
        except (LldpError, NetmikoBaseException, SSHException, OSError, ValueError) as error:
            return Result(task.host, failed=True, result=" ".join(str(error).split()))

    hosts = Hosts({name: Host(name=name) for name in reach})
    found = Nornir(inventory=Inventory(hosts), runner=Looking(order)).run(task=ask)
    return (
        {name: result[0].result for name, result in found.items() if not result.failed},
        {name: str(result[0].result) for name, result in found.items() if result.failed},
    )
