"""Three configuration lines, sent by our session and by netmiko's own, to a played switch of each platform.

`python -m tests.bench.lines` prints the seconds of each as JSON; it speaks to loopback only.
"""

import json
import sys
import tempfile
from pathlib import Path
from time import monotonic

from netmiko import BaseConnection, ConnectHandler

from roles.network.platforms import PLATFORMS
from roles.played.switch.files.switch.ios.personality import IOS
from roles.played.switch.files.switch.procurve.personality import PROCURVE
from roles.played.switch.files.switch.vrp.personality import VRP
from tests.played import PlayedSwitch, logged_in

PERSONALITIES = {"cisco_ios": IOS, "huawei_vrp": VRP, "hp_procurve": PROCURVE}
LINES = {
    "cisco_ios": ("vlan 30", "name guests", "exit"),
    "huawei_vrp": ("vlan 30", "description guests", "quit"),
    "hp_procurve": ("vlan 30", 'name "guests"', "exit"),
}


def seconds(connection: BaseConnection, lines: tuple[str, ...]) -> float:
    """How long the lines take, from a session that shows its prompt to one that does again."""
    began = monotonic()
    connection.send_config_set(list(lines))
    return monotonic() - began


def ours(played: PlayedSwitch, name: str) -> float:
    with logged_in(PLATFORMS[name], played) as connection:
        return seconds(connection, LINES[name])


def netmikos(played: PlayedSwitch, name: str) -> float:
    """By the driver that netmiko has for the platform, at its own pace."""
    with ConnectHandler(
        device_type=PLATFORMS[name].netmiko,
        host="127.0.0.1",
        port=played.port,
        username="netadmin",
        password=PlayedSwitch.PASSWORD,
        key_file=str(played.identity),
    ) as connection:
        return seconds(connection, LINES[name])


def measured() -> dict[str, dict[str, float]]:
    """By platform: seconds of ours and of netmiko's own. Each must have done what it was told."""
    found: dict[str, dict[str, float]] = {}
    for name, personality in PERSONALITIES.items():
        for title, send in (("ours", ours), ("netmiko", netmikos)):
            with (
                tempfile.TemporaryDirectory(prefix="bench-lines-") as folder,
                PlayedSwitch(Path(folder), personality=personality) as played,
            ):
                found.setdefault(name, {})[title] = send(played, name)
                if "guests" not in personality.dump(played.switch.config):
                    raise RuntimeError(f"{name}: {title} did not send its lines")
    return found


if __name__ == "__main__":
    json.dump(measured(), sys.stdout)
