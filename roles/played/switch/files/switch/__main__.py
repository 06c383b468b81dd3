"""`python3 -m switch cisco_ios`: the switch of this machine, of this platform of the inventory."""

import asyncio
import sys
from pathlib import Path

from .doors import Doors
from .faults import given
from .machine import Switch
from .openvswitch import OpenVSwitch
from .personalities import PERSONALITIES
from .server import listen, serve

ETC = Path("/etc/switch")
STARTUP = Path("/var/lib/switch/startup-config")
FAULTS = Path("/run/switch/faults.json")
CONSOLE = "127.0.0.2"  # reached through the machine, not through the network that it carries
SECONDS = 0.5  # in which an address that came answers


async def main(platform: str) -> None:
    personality = PERSONALITIES[platform]
    switch = Switch(OpenVSwitch(personality), STARTUP, personality)
    switch.enable = (ETC / "enable").read_text().strip()
    switch.boot()
    files = (ETC / "host_key", ETC / "credentials", ETC / "authorized_keys")
    await serve(switch, CONSOLE, 22, *files)
    doors = Doors(switch, lambda address: listen(switch, address, 22, *files))
    while True:
        await doors.adjust()
        switch.faults = given(FAULTS)
        await asyncio.sleep(SECONDS)


asyncio.run(main(sys.argv[1]))
